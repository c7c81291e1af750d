import type { PlacedLights } from './light-rig.ts';
import { mirrorShare } from './mirror-share.ts';

/** A surface ready to be lit, in one array, so that nothing is allocated a pixel. */
export interface Surface {
  /** Unit normal, unit direction to the eye. */
  readonly normal: Float64Array;
  readonly view: Float64Array;
  /** Linear base colour. */
  readonly base: Float64Array;
  /** Metallic, roughness, occlusion: 0–1 each. */
  readonly factors: Float64Array;
}

export const newSurface = (): Surface => ({
  normal: new Float64Array(3),
  view: new Float64Array(3),
  base: new Float64Array(3),
  factors: new Float64Array(3),
});

/** Reflectance of non-metals at right angles, glTF 2.0 appendix B.2. */
const dielectric = 0.04;

/** Smoothest surface that is lit: a sharper highlight would fall between the pixels. As in three.js. */
export const leastRoughness = 0.0525;

/** Of the surface being lit, see `mirrorShare`. */
const mirror = new Float64Array(3);

/**
 * Light of sky and ground: scattered by the height of the normal, mirrored by the height of the mirrored eye, with a
 * step at the horizon that is the wider the rougher the surface. What is mirrored is not scattered.
 */
function addSurroundings(rig: PlacedLights, surface: Surface, nv: number, out: Float64Array): void {
  const { normal, view, base, factors } = surface;
  const { ground, lift, reflections } = rig;
  const metallic = factors[0];
  const roughness = factors[1];
  const occlusion = factors[2];
  mirrorShare(roughness, nv, mirror);
  const up = (2 * nv * normal[1] - view[1]) / (0.08 + 0.92 * roughness);
  const above = 0.5 + 0.5 * Math.max(-1, Math.min(1, up));
  const skyShare = 0.5 + 0.5 * normal[1];
  const taken = (dielectric * mirror[0] + mirror[1]) * (1 + dielectric * mirror[2]);
  const kept = (1 - metallic) * (1 - reflections * taken);
  for (let k = 0; k < 3; k++) {
    const f0 = dielectric + (base[k] - dielectric) * metallic;
    const scattered = base[k] * kept * (ground[k] + lift[k] * skyShare);
    const share = (f0 * mirror[0] + mirror[1]) * (1 + f0 * mirror[2]);
    const mirrored = reflections * share * (ground[k] + lift[k] * above);
    out[k] = occlusion * (scattered + mirrored);
  }
}

/** Lambert and GGX (Walter 2007, height-correlated Smith, Schlick) from one directional light, after `addSurroundings`. */
function addLight(lights: Float64Array, at: number, surface: Surface, nv: number, out: Float64Array): void {
  const { normal, view, base, factors } = surface;
  const lx = lights[at];
  const ly = lights[at + 1];
  const lz = lights[at + 2];
  const nl = normal[0] * lx + normal[1] * ly + normal[2] * lz;
  if (!(nl > 0)) return;
  let hx = lx + view[0];
  let hy = ly + view[1];
  let hz = lz + view[2];
  const length = Math.sqrt(hx * hx + hy * hy + hz * hz);
  if (!(length > 0)) return;
  hx /= length;
  hy /= length;
  hz /= length;
  const nh = normal[0] * hx + normal[1] * hy + normal[2] * hz;
  const vh = view[0] * hx + view[1] * hy + view[2] * hz;
  const metallic = factors[0];
  const alpha = factors[1] * factors[1];
  const a2 = alpha * alpha;
  const d = nh * nh * (a2 - 1) + 1;
  const smith = 0.5 / (nl * Math.sqrt(nv * nv * (1 - a2) + a2) + nv * Math.sqrt(nl * nl * (1 - a2) + a2));
  const lobe = (a2 / (d * d)) * smith;
  const grazing = 1 - Math.max(vh, 0);
  const g2 = grazing * grazing;
  const schlick = g2 * g2 * grazing;
  for (let k = 0; k < 3; k++) {
    const f0 = dielectric + (base[k] - dielectric) * metallic;
    const fresnel = f0 + (1 - f0) * schlick;
    const diffuse = base[k] * (1 - metallic) * (1 - fresnel);
    out[k] += lights[at + 3 + k] * nl * (diffuse + fresnel * lobe * (1 + f0 * mirror[2]));
  }
}

/** Lights a surface into `out[0..2]`, linear. Roughness is at least `leastRoughness`. */
export function lightSurface(rig: PlacedLights, surface: Surface, out: Float64Array): void {
  const { normal, view } = surface;
  const facing = normal[0] * view[0] + normal[1] * view[1] + normal[2] * view[2];
  // An interpolated normal may look a little away from the eye.
  const nv = Math.max(facing, 0.0001);
  addSurroundings(rig, surface, nv, out);
  for (let at = 0; at < rig.lights.length; at += 6) addLight(rig.lights, at, surface, nv, out);
}
