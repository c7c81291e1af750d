import { joinTriangles } from '../../core/mesh/join-triangles.ts';
import { sampleTriangles } from '../../core/mesh/sample-surface.ts';
import type { SplatCloud } from '../../core/render/splat-cloud.ts';
import { seededRandom } from '../seeded-pictures.ts';
import { areaVectorOf, type Model } from './model.ts';

/** Flat splats are this much thinner than wide. */
const flatness = 0.2;

/** A quaternion x, y, z, w that turns +Z to a unit vector. */
function turnTo([x, y, z]: readonly number[]): number[] {
  // Half way between the two directions; opposite ones turn around X.
  if (z! < -0.999999) return [1, 0, 0, 0];
  const w = Math.sqrt((1 + z!) / 2);
  return [-y! / (2 * w), x! / (2 * w), 0, w];
}

/**
 * A sound cloud of `count` splats on the surface of a model: flat along it, of sizes that vary as training leaves them, and
 * closed. Same model, same cloud.
 */
export function goodCloud(model: Model, count = 9_000): SplatCloud {
  const list = joinTriangles(model.parts.map(({ positions, indices }) => ({ positions, indices })));
  const { points, triangles } = sampleTriangles(list, count);
  const random = seededRandom(17);
  const whole = { positions: list.positions, indices: list.indices };
  let area = 0;
  for (let t = 0; t < list.indices.length / 3; t++) area += Math.hypot(...areaVectorOf(whole, t)) / 2;
  // Wide enough that the cloud is closed.
  const width = Math.sqrt(area / count) * 1.05;
  const cloud = {
    count,
    positions: points,
    scales: new Float32Array(count * 3),
    rotations: new Float32Array(count * 4),
    opacities: new Float32Array(count),
    degree: 0 as const,
    harmonics: new Float32Array(count * 3),
  };
  for (let i = 0; i < count; i++) {
    const vector = areaVectorOf(whole, triangles[i]!);
    const length = Math.hypot(...vector) || 1;
    const size = width * 2 ** (1.6 * random() - 0.8);
    cloud.scales.set([size, size, size * flatness], i * 3);
    const turn = turnTo(vector.map((value) => value / length));
    // Never quite alike, as training leaves them.
    const noisy = turn.map((value) => value + 0.02 * (random() - 0.5));
    const norm = Math.hypot(...noisy);
    cloud.rotations.set(
      noisy.map((value) => value / norm),
      i * 4,
    );
    cloud.opacities[i] = 0.85 + 0.14 * random();
    cloud.harmonics.fill(random() - 0.5, i * 3, i * 3 + 3);
  }
  return cloud;
}
