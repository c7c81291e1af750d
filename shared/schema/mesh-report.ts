import { z } from 'zod';

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const vector = z.tuple([z.number(), z.number(), z.number()]);

const Spread = z
  .strictObject({
    count,
    min: z.number(),
    p1: z.number(),
    p5: z.number(),
    median: z.number(),
    p95: z.number(),
    p99: z.number(),
    max: z.number(),
    mean: z.number(),
  })
  .describe('How values are spread.');

const Estimate = z.strictObject({
  axis: z.enum(['+x', '-x', '+y', '-y', '+z', '-z']),
  confidence: share.describe('Belief of a rule of thumb.'),
});

/** One UV set over the triangles of one material. */
const UvReport = z.strictObject({
  set: count,
  material: z.string().optional().describe('JSON pointer.'),
  charts: count,
  zeroAreaTriangles: count,
  outOfRangeTriangles: count,
  min: z.tuple([z.number(), z.number()]),
  max: z.tuple([z.number(), z.number()]),
  mirroredShare: share.describe('Of the UV area: a picture is seen mirrored there.'),
  overlapShare: share.describe('Of the covered texels: more than one triangle covers them.'),
  utilisation: share.describe('Of the square: covered.'),
  smallestGutterPx: z.number().optional().describe('Empty texels between the two nearest charts, at rasterPx.'),
  rasterPx: count,
  stretchL2: z.number().describe('Sander et al. 2001; 1 keeps all areas and angles.'),
  stretchLInf: z.number(),
  densityPxPerM: Spread,
  texturePx: count,
  seamLengthM: z.number(),
  seamShare: share.describe('Of the edges with two faces.'),
});

/** What is known of the shape of one mesh. Lengths in metres where its first node shows it. */
const OneMeshReport = z.strictObject({
  pointer: z.string().describe('JSON pointer of the mesh.'),
  name: z.string(),
  triangles: count,
  points: count.describe('Distinct positions.'),
  edges: count,
  components: count,
  largestComponentShare: share.describe('Of the triangles.'),
  floaters: count.describe('Components that are small, detached and not one of many alike.'),
  insideOutComponents: count,
  enclosedComponents: count.describe('Solids within other solids.'),
  watertight: z.boolean(),
  closedShare: share.describe('Edges with exactly two faces, of all.'),
  openEdges: count,
  nonManifoldEdges: count,
  nonManifoldPoints: count,
  boundaryLoops: count,
  fillableLoops: count.describe('Rims that are flat, or small beside the mesh.'),
  tJunctions: count,
  duplicateTriangles: count,
  degenerateTriangles: count.describe('Corners at one place, or on one line.'),
  sliverTriangles: count,
  unreadableTriangles: count.describe('A corner is not finite, or does not exist.'),
  inconsistentEdges: count.describe('Both faces run along the edge the same way.'),
  flippedTriangles: count.describe('They face against most of their sheet.'),
  oneSidedSheets: count,
  selfIntersectingTriangles: count,
  selfIntersectingShare: share.describe('Of the triangles.'),
  selfIntersectionsComplete: z.boolean().describe('False when a cap ended the search.'),
  euler: z.int(),
  genus: z.int().nullable(),
  areaM2: z.number(),
  volumeM3: z.number().describe('Of the closed components; negative when they face inwards.'),
  edgeLengthM: Spread,
  aspect: Spread.describe('1 for equilateral triangles.'),
  thicknessM: Spread.describe('At points spread evenly over the area.'),
  uvSets: z.array(UvReport),
});

/** The analysis of a file’s geometry in numbers. */
export const MeshReport = z
  .strictObject({
    meshes: z.array(OneMeshReport),
    placement: z
      .strictObject({
        boundsMin: vector,
        boundsMax: vector,
        sizeM: vector,
        diagonalM: z.number(),
        pivotFromBottomM: vector.describe('From the middle of the underside to the origin.'),
        pivotFromCentreM: vector,
        up: Estimate,
        forward: Estimate.describe('The line of sight: the positive end stands for both.'),
        asymmetry: vector.describe('Distance from the mirror image across each axis, as a share of the diagonal.'),
      })
      .optional(),
  })
  .describe('The analysis of a file’s geometry in numbers.');
export type MeshReport = z.infer<typeof MeshReport>;
