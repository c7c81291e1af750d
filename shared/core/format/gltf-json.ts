import { z } from 'zod';

const index = z.int().min(0);
const numbers = (length: number) => z.array(z.number()).length(length);
const named = { name: z.string().optional(), extensions: z.record(z.string(), z.unknown()).optional() };
const textureInfo = z.looseObject({ index, texCoord: index.optional() });
const wrap = z.union([z.literal(33071), z.literal(33648), z.literal(10497)]).optional();

const Accessor = z.looseObject({
  ...named,
  bufferView: index.optional(),
  byteOffset: index.optional(),
  componentType: z.union([5120, 5121, 5122, 5123, 5125, 5126].map((type) => z.literal(type))),
  normalized: z.boolean().optional(),
  count: z.int().min(1),
  type: z.enum(['SCALAR', 'VEC2', 'VEC3', 'VEC4', 'MAT2', 'MAT3', 'MAT4']),
  sparse: z
    .looseObject({
      count: z.int().min(1),
      indices: z.looseObject({
        bufferView: index,
        byteOffset: index.optional(),
        componentType: z.union([z.literal(5121), z.literal(5123), z.literal(5125)]),
      }),
      values: z.looseObject({ bufferView: index, byteOffset: index.optional() }),
    })
    .optional(),
});

const Material = z.looseObject({
  ...named,
  pbrMetallicRoughness: z
    .looseObject({
      baseColorFactor: numbers(4).optional(),
      metallicFactor: z.number().optional(),
      roughnessFactor: z.number().optional(),
      baseColorTexture: textureInfo.optional(),
      metallicRoughnessTexture: textureInfo.optional(),
    })
    .optional(),
  normalTexture: textureInfo.extend({ scale: z.number().optional() }).optional(),
  occlusionTexture: textureInfo.extend({ strength: z.number().optional() }).optional(),
  emissiveTexture: textureInfo.optional(),
  emissiveFactor: numbers(3).optional(),
  alphaMode: z.enum(['OPAQUE', 'MASK', 'BLEND']).optional(),
  alphaCutoff: z.number().min(0).optional(),
  doubleSided: z.boolean().optional(),
});

const Primitive = z.looseObject({
  ...named,
  attributes: z.record(z.string(), index),
  indices: index.optional(),
  material: index.optional(),
  mode: z.int().min(0).max(6).optional(),
  targets: z.array(z.record(z.string(), index)).optional(),
});

const Node = z.looseObject({
  ...named,
  children: z.array(index).optional(),
  mesh: index.optional(),
  skin: index.optional(),
  camera: index.optional(),
  matrix: numbers(16).optional(),
  rotation: numbers(4).optional(),
  scale: numbers(3).optional(),
  translation: numbers(3).optional(),
  weights: z.array(z.number()).optional(),
});

const Animation = z.looseObject({
  ...named,
  channels: z.array(
    z.looseObject({ sampler: index, target: z.looseObject({ node: index.optional(), path: z.string() }) }),
  ),
  samplers: z.array(
    z.looseObject({
      input: index,
      output: index,
      interpolation: z.enum(['LINEAR', 'STEP', 'CUBICSPLINE']).optional(),
    }),
  ),
});

const Camera = z.discriminatedUnion('type', [
  z.looseObject({
    ...named,
    type: z.literal('perspective'),
    perspective: z.looseObject({
      yfov: z.number(),
      znear: z.number(),
      zfar: z.number().optional(),
      aspectRatio: z.number().optional(),
    }),
  }),
  z.looseObject({
    ...named,
    type: z.literal('orthographic'),
    orthographic: z.looseObject({ xmag: z.number(), ymag: z.number(), znear: z.number(), zfar: z.number() }),
  }),
]);

const list = <T extends z.ZodType>(item: T) => z.array(item).optional();

/**
 * The parts of glTF 2.0 JSON that our reader relies on; what is unknown stays. Numbers are finite (1e999 is refused).
 * Whether indices and byte ranges hold is not a matter of shape: see the `check-*` files.
 */
export const GltfJson = z.looseObject({
  asset: z.looseObject({
    version: z.string(),
    minVersion: z.string().optional(),
    generator: z.string().optional(),
    copyright: z.string().optional(),
  }),
  accessors: list(Accessor),
  animations: list(Animation),
  bufferViews: list(
    z.looseObject({
      ...named,
      buffer: index,
      byteOffset: index.optional(),
      byteLength: z.int().min(1),
      byteStride: z.int().min(1).max(1024).optional(),
    }),
  ),
  buffers: list(z.looseObject({ ...named, byteLength: z.int().min(1), uri: z.string().optional() })),
  cameras: list(Camera),
  extensions: named.extensions,
  extensionsUsed: list(z.string()),
  extensionsRequired: list(z.string()),
  images: list(
    z.looseObject({
      ...named,
      uri: z.string().optional(),
      mimeType: z.string().optional(),
      bufferView: index.optional(),
    }),
  ),
  materials: list(Material),
  meshes: list(
    z.looseObject({ ...named, primitives: z.array(Primitive).min(1), weights: z.array(z.number()).optional() }),
  ),
  nodes: list(Node),
  samplers: list(
    z.looseObject({
      ...named,
      magFilter: z.int().min(9728).max(9729).optional(),
      minFilter: z.union([9728, 9729, 9984, 9985, 9986, 9987].map((filter) => z.literal(filter))).optional(),
      wrapS: wrap,
      wrapT: wrap,
    }),
  ),
  scene: index.optional(),
  scenes: list(z.looseObject({ ...named, nodes: z.array(index).optional() })),
  skins: list(
    z.looseObject({
      ...named,
      joints: z.array(index).min(1),
      inverseBindMatrices: index.optional(),
      skeleton: index.optional(),
    }),
  ),
  textures: list(z.looseObject({ ...named, source: index.optional(), sampler: index.optional() })),
});
export type GltfJson = z.infer<typeof GltfJson>;
