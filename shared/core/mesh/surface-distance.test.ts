import { describe, expect, test } from '@jest/globals';
import { sphereDocument } from '../../testing/sphere-document.ts';
import { sampleSurface } from './sample-surface.ts';
import { surfaceDistance, surfaceOf } from './surface-distance.ts';

const scaled = (scale: number, segments = 64) => {
  const document = sphereDocument({ segments });
  document.getRoot().listNodes()[0]!.setScale([scale, scale, scale]);
  return document;
};

describe('surfaceDistance', () => {
  test('a surface is at no distance from itself', () => {
    const { maxM, rmsM } = surfaceDistance(surfaceOf(scaled(1)), surfaceOf(scaled(1)));
    // Samples are 32-bit floats and lie that far off their triangles.
    expect(maxM).toBeLessThan(1e-6);
    expect(rmsM).toBeLessThan(1e-6);
  });

  test('two concentric spheres are apart by the difference of their radii', () => {
    const { maxM, rmsM } = surfaceDistance(surfaceOf(scaled(1)), surfaceOf(scaled(1.2)));
    // Facets of a sphere of 64 segments lie up to 0.15 % of the radius inside it.
    expect(maxM).toBeCloseTo(0.1, 2);
    expect(rmsM).toBeCloseTo(0.1, 2);
  });

  test('sees what only one of the two has', () => {
    const far = sphereDocument({ nodes: 1 });
    const root = far.getRoot();
    const lonely = root.listMeshes()[0]!.clone();
    root.listScenes()[0]!.addChild(far.createNode().setMesh(lonely).setTranslation([0, 5, 0]));
    const one = surfaceOf(sphereDocument());
    expect(surfaceDistance(one, surfaceOf(far)).maxM).toBeCloseTo(5, 1);
    expect(surfaceDistance(surfaceOf(far), one).maxM).toBeCloseTo(5, 1);
  });

  test('knows the diagonal of the surface', () => {
    expect(surfaceOf(scaled(2)).diagonalM).toBeCloseTo(Math.hypot(2, 2, 2), 5);
  });
});

describe('sampleSurface', () => {
  test('spreads points by area, whatever the size of the triangles', () => {
    // A unit square of two triangles, and its right neighbour cut into many slivers.
    const fan = Array.from({ length: 51 }, (_, i) => [2, i / 50, 0]).flat();
    const positions = Float32Array.of(0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, ...fan);
    const slivers = Array.from({ length: 50 }, (_, i) => [1, 4 + i, 5 + i]).flat();
    const indices = Uint32Array.of(0, 1, 2, 0, 2, 3, ...slivers);
    const points = sampleSurface({ positions, indices }, 900);
    const left = Array.from({ length: 900 }, (_, i) => points[i * 3]!).filter((x) => x < 1).length;
    // One sample may fall on the line between the two.
    expect(Math.abs(left - 600)).toBeLessThanOrEqual(1);
  });

  test('has nothing to give on a surface without area', () => {
    const flat = { positions: new Float32Array(9), indices: Uint32Array.of(0, 1, 2) };
    expect(sampleSurface(flat, 10)).toHaveLength(0);
  });
});
