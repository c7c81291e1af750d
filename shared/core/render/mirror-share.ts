import { cosDegrees } from './stable-math.ts';

const size = 32;

/** Directions tried for each entry of the table: rings of half vectors, and places on a ring. */
const rings = 24;
const places = 12;

/**
 * Two integrals of the GGX lobe over all directions of light, for surfaces seen at cosine `nv`: what mirrors with f0,
 * and what Fresnel adds (Karis 2013, "Real Shading in Unreal Engine 4"; height-correlated Smith).
 */
function integrate(roughness: number, nv: number): [byF0: number, fresnel: number] {
  const a2 = roughness * roughness * roughness * roughness;
  const vx = Math.sqrt(1 - nv * nv);
  let byF0 = 0;
  let fresnel = 0;
  for (let i = 0; i < rings; i++) {
    const x = (i + 0.5) / rings;
    const nh = Math.sqrt((1 - x) / (1 + (a2 - 1) * x));
    const ring = Math.sqrt(1 - nh * nh);
    for (let j = 0; j < places; j++) {
      // Half the circle: the other half is the same.
      const vh = vx * ring * cosDegrees((180 * (j + 0.5)) / places) + nv * nh;
      const nl = 2 * vh * nh - nv;
      if (!(nl > 0 && vh > 0)) continue;
      const smith = 0.5 / (nl * Math.sqrt(nv * nv * (1 - a2) + a2) + nv * Math.sqrt(nl * nl * (1 - a2) + a2));
      const seen = (4 * smith * nl * vh) / nh;
      const grazing = (1 - vh) * (1 - vh) * (1 - vh) * (1 - vh) * (1 - vh);
      byF0 += seen * (1 - grazing);
      fresnel += seen * grazing;
    }
  }
  return [byF0 / (rings * places), fresnel / (rings * places)];
}

let table: Float64Array | undefined;

/** `[roughness × cosine × 2]`, made when the first surface is lit: about 10 ms. */
function mirrorTable(): Float64Array {
  if (table) return table;
  table = new Float64Array(size * size * 2);
  for (let r = 0; r < size; r++) {
    for (let c = 0; c < size; c++) {
      // Perfectly smooth or seen from the very edge, the integrals have no value.
      const entry = integrate(Math.max(r / (size - 1), 0.04), Math.max(c / (size - 1), 0.004));
      table.set(entry, (r * size + c) * 2);
    }
  }
  return table;
}

/**
 * Share of even light that a surface mirrors at the first facet, `out[0] × f0 + out[1]`, and by how much later facets
 * raise it, `1 + out[2] × f0` times (Turquin 2019, "Practical multiple scattering compensation").
 */
export function mirrorShare(roughness: number, nv: number, out: Float64Array): void {
  const entries = mirrorTable();
  const fr = Math.min(roughness, 1) * (size - 1);
  const fc = Math.min(nv, 1) * (size - 1);
  const r = Math.min(fr | 0, size - 2);
  const c = Math.min(fc | 0, size - 2);
  const tr = fr - r;
  const tc = fc - c;
  const at = (r * size + c) * 2;
  const below = at + size * 2;
  for (let k = 0; k < 2; k++) {
    const smooth = entries[at + k] + (entries[at + 2 + k] - entries[at + k]) * tc;
    const rough = entries[below + k] + (entries[below + 2 + k] - entries[below + k]) * tc;
    out[k] = smooth + (rough - smooth) * tr;
  }
  out[2] = 1 / (out[0] + out[1]) - 1;
}
