import type { Picture } from '../../core/quality/metrics/picture.ts';
import { blurred, changed } from '../seeded-pictures.ts';
import { coverTexels } from './cover-texels.ts';
import type { Inject, Strength } from './inject-geometry.ts';
import { areaVectorOf, mapParts, type Part } from './model.ts';

/** Changes pictures once for all models that share them, so that they are encoded once. */
function remembered(change: (picture: Picture, strength: Strength) => Picture): Inject {
  const known = [0, 1, 2].map(() => new WeakMap<Picture, Picture>());
  return (model, strength) =>
    mapParts(model, (part) => {
      const picture = known[strength].get(part.picture) ?? change(part.picture, strength);
      known[strength].set(part.picture, picture);
      return { ...part, picture };
    });
}

const bytes = ({ width, height, data }: Picture) => ({ width, height, data: Uint8ClampedArray.from(data) });

function meanColour({ data }: Picture): number[] {
  const sums = [0, 0, 0, 0];
  data.forEach((value, i) => {
    sums[i % 4] += value;
  });
  return sums.map((sum) => (sum * 4) / data.length);
}

/** Blurs the texture by a Gaussian of one, two or four texels. */
export const blurTexture: Inject = remembered((picture, strength) => blurred(bytes(picture), [1, 2, 4][strength]));

/** Takes the contrast out, down to one colour. */
export const flattenTexture: Inject = remembered((picture, strength) => {
  const mean = meanColour(picture);
  const contrast = [0.08, 0.02, 0][strength];
  return changed(bytes(picture), (value, _x, _y, channel) => mean[channel] + (value - mean[channel]) * contrast);
});

/** Washes the texture out towards white. */
export const paleTexture: Inject = remembered((picture, strength) => {
  const white = [0.6, 0.8, 0.93][strength];
  return changed(bytes(picture), (value) => value + (255 - value) * white);
});

/** Normals of the triangles over the texels that they cover; `[height × width × 3]`, zero where there is none. */
function normalTexels(part: Part, { width, height }: Picture): Float32Array {
  const normals = new Float32Array(width * height * 3);
  coverTexels(part, width, height, (texel, triangle) => {
    const vector = areaVectorOf(part, triangle);
    const length = Math.hypot(...vector);
    vector.forEach((value, k) => {
      normals[texel * 3 + k] = value / length;
    });
  });
  return normals;
}

/** A lamp from above and the side, painted into the colours: twice as bright on one side as on the other, or more. */
export const bakeLight: Inject = (model, strength) =>
  mapParts(model, (part) => {
    const normals = normalTexels(part, part.picture);
    const amplitude = [0.25, 0.5, 0.8][strength];
    const { width } = part.picture;
    return {
      ...part,
      picture: changed(bytes(part.picture), (value, x, y) => {
        const at = (y * width + x) * 3;
        const towards = 0.36 * normals[at] + 0.84 * normals[at + 1] + 0.41 * normals[at + 2];
        return value * (1 + amplitude * towards);
      }),
    };
  });

/** Each chart a little brighter or darker than its neighbours: by up to 12, 40 or 60 %. */
export const shiftCharts: Inject = (model, strength, random) =>
  mapParts(model, (part) => {
    const { chartOf, picture } = part;
    const { width, height } = picture;
    const owners = new Uint32Array(width * height).fill(0xffffffff);
    coverTexels(
      part,
      width,
      height,
      (texel, triangle) => {
        owners[texel] = chartOf[triangle];
      },
      2,
    );
    const charts = Math.max(0, ...chartOf) + 1;
    const amplitude = [0.12, 0.4, 0.6][strength];
    // Alternating signs: two neighbours of one gain would hide the seam between them.
    const gains = Array.from({ length: charts }, (_, i) => 1 - amplitude * (i % 2 === 0 ? 0 : 0.5 + 0.5 * random()));
    return {
      ...part,
      picture: changed(bytes(picture), (value, x, y) => value * (gains[owners[y * width + x]!] ?? 1)),
    };
  });

/** Further maps that hold nothing: just over 128 MiB on the GPU with their mip levels, 170 MiB, 256 MiB. */
export const addLargeMaps: Inject = (model, strength) =>
  mapParts(model, (part, i) =>
    i > 0
      ? part
      : {
          ...part,
          mapsPx: [
            [4096, 2048, 2048],
            [4096, 4096],
            [4096, 4096, 4096],
          ][strength],
        },
  );

/** Says nothing of metal in the first material; in all from medium strength on. */
export const omitMetallic: Inject = (model, strength) =>
  mapParts(model, (part, i) => (strength > 0 || i === 0 ? { ...part, metallic: undefined } : part));
