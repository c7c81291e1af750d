import { describe, expect, test } from '@jest/globals';
import { readGlb } from '../core/format/gltf-io.ts';
import { analyseMesh } from '../core/mesh/analyse/analyse-mesh.ts';
import { measureAsset } from '../core/quality/measure-asset.ts';
import { validateGlb } from '../core/quality/validate-glb.ts';
import { carelessMesh } from './careless-mesh.ts';
import { surfaceNets } from './surface-nets.ts';

const ball = surfaceNets((x, y, z) => Math.hypot(x, y, z) - 1, {
  min: [-1.3, -1.3, -1.3],
  cells: [26, 26, 26],
  cellM: 0.1,
});

describe('surfaceNets', () => {
  test('makes a closed surface near the zero of its function', () => {
    const { watertight, components, topology } = analyseMesh(ball);
    expect({ watertight, components: components.count, collapsed: topology.collapsed.length }).toEqual({
      watertight: true,
      components: 1,
      collapsed: 0,
    });
    const off = Array.from({ length: ball.positions.length / 3 }, (_, v) =>
      Math.abs(Math.hypot(...ball.positions.subarray(v * 3, v * 3 + 3)) - 1),
    );
    // A cell of 0.1 on a ball of radius 1 has a sagitta of about 0.1² / 8 either way; vertices are means of crossings.
    expect(Math.max(...off)).toBeLessThan(0.01);
  });

  test('faces outwards: the enclosed volume is that of the ball', () => {
    let volume = 0;
    const at = (corner: number): Float32Array =>
      ball.positions.subarray(ball.indices[corner]! * 3, ball.indices[corner]! * 3 + 3);
    for (let i = 0; i < ball.indices.length; i += 3) {
      const [a, b, c] = [at(i), at(i + 1), at(i + 2)];
      volume +=
        a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) +
        a[1]! * (b[2]! * c[0]! - b[0]! * c[2]!) +
        a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!);
    }
    expect(volume / 6).toBeGreaterThan(4.1);
    expect(volume / 6).toBeLessThan((4 / 3) * Math.PI);
  });
});

describe('carelessMesh', () => {
  const glb = carelessMesh({ seed: 4, triangles: 8000 });

  test('has the faults that it promises, and is valid glTF all the same', async () => {
    const { messages } = await validateGlb(glb);
    expect(messages.filter(({ severity }) => severity === 'error')).toEqual([]);
    const stats = measureAsset(await readGlb(glb), glb.byteLength);
    expect(stats.attributes).toEqual(['COLOR_0', 'POSITION']);
    expect(stats.openEdges).toBeGreaterThan(0);
    expect(stats.components).toBeGreaterThanOrEqual(12);
    expect(stats.vertices).toBeGreaterThan(stats.triangles * 0.55);
    // Cells this large lose the window frames and most stones.
    expect(Math.abs(stats.triangles / 8000 - 1)).toBeLessThan(0.25);
  });

  test('is the same for the same seed and another for another', () => {
    expect(Buffer.compare(carelessMesh({ seed: 4, triangles: 8000 }), glb)).toBe(0);
    expect(Buffer.compare(carelessMesh({ seed: 5, triangles: 8000 }), glb)).not.toBe(0);
  });
});
