import { z } from 'zod';

const count = z.int().min(0);

/** Counts and sizes measured on a decoded file. Lengths in metres, +Y up. */
export const AssetStats = z
  .strictObject({
    sizeBytes: count,
    triangles: count.describe('Triangles drawn: instances count each time.'),
    trianglesPerMesh: count.describe('Most triangles in one mesh.'),
    vertices: count,
    meshes: count,
    nodes: count,
    drawCalls: count.describe('Primitives drawn, instances included.'),
    materials: count,
    textures: count,
    textureSizePx: count.describe('Longest side of the largest texture.'),
    textureMemoryBytes: count.describe('GPU memory of all textures as RGBA8 with mips.'),
    uvSets: count.describe('Most UV sets on one primitive.'),
    jointsPerSkin: count,
    animations: count,
    openEdges: count.describe('Edges with one face, after welding by position.'),
    nonManifoldEdges: count.describe('Edges with more than two faces, after welding by position.'),
    components: count.describe('Connected pieces, after welding by position.'),
    boundsMin: z.tuple([z.number(), z.number(), z.number()]).describe('Lowest corner in metres.'),
    boundsMax: z.tuple([z.number(), z.number(), z.number()]).describe('Highest corner in metres.'),
    attributes: z.array(z.string()).describe('Vertex attributes in use, sorted.'),
    extensions: z.array(z.string()).describe('glTF extensions in use, sorted.'),
    imageTypes: z.array(z.string()),
  })
  .describe('Counts and sizes measured on a decoded file.');
export type AssetStats = z.infer<typeof AssetStats>;

/** Something that a step changed or noticed, in words for a person and with a stable code for a program. */
export const Change = z.strictObject({
  code: z.string().describe('Stable name, such as metallic_by_omission.'),
  message: z.string(),
  count: count.optional().describe('How many places.'),
  pointer: z.string().optional(),
});
export type Change = z.infer<typeof Change>;
