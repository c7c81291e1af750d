/**
 * What one file or request may hold at most. They stand here, beside the schemas, so that every border uses the same
 * numbers: a raw output of today's generators is 1–60 MB with up to 2 M triangles; the limits leave a wide margin and
 * still fit one worker's memory.
 */
export const limits = {
  /** Bytes of a JSON request body. */
  requestBytes: 1024 * 1024,
  /** Levels of nesting in a JSON request. */
  jsonDepth: 64,
  /** Fields and list items in a JSON request: each that is wrong costs microseconds to tell of. */
  jsonMembers: 10_000,
  /** Bytes of one uploaded file. */
  uploadBytes: 512 * 1024 * 1024,
  /** Bytes that an archive may expand to, in all. */
  archiveBytes: 1024 * 1024 * 1024,
  /** Expanded bytes for each packed byte, over the whole archive; deflate cannot honestly pass about 1,030. */
  archiveRatio: 200,
  archiveEntries: 512,
  /** Bytes of the JSON part of a glTF. */
  gltfJsonBytes: 64 * 1024 * 1024,
  nodes: 20_000,
  nodeDepth: 512,
  meshes: 10_000,
  materials: 1_000,
  /** Draws: the primitives of all meshes. */
  primitives: 20_000,
  accessors: 100_000,
  bufferViews: 100_000,
  textures: 1_000,
  skins: 1_000,
  animations: 1_000,
  images: 128,
  /** Pixels along one side of an image. */
  imageSizePx: 16_384,
  /** Pixels of all images of one file together: 8 images of 8192². */
  imagePixels: 8 * 8192 * 8192,
  triangles: 20_000_000,
  vertices: 30_000_000,
  /** Elements of one accessor. */
  accessorElements: 60_000_000,
  /** Times that the command of one stage is delivered; the last one answers whatever happens. */
  stageDeliveries: 10,
  /** Time that one step of 3D work may take. */
  workTimeoutMs: 300_000,
  /** JavaScript heap of one worker. */
  workHeapMb: 2048,
  /** Growth of the process's resident memory while a worker runs, past which it is ended. */
  workMemoryMb: 6144,
} as const;
