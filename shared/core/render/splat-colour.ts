import { harmonicsOf, type SplatCloud } from './splat-cloud.ts';

/** Real spherical harmonics, bands 0 to 3, with the signs that training uses (Kerbl et al. 2023; Sloan 2008). */
function basis(x: number, y: number, z: number, out: Float64Array): void {
  const [xx, yy, zz] = [x * x, y * y, z * z];
  out[0] = 0.28209479177387814;
  out[1] = -0.4886025119029199 * y;
  out[2] = 0.4886025119029199 * z;
  out[3] = -0.4886025119029199 * x;
  out[4] = 1.0925484305920792 * x * y;
  out[5] = -1.0925484305920792 * y * z;
  out[6] = 0.31539156525252005 * (2 * zz - xx - yy);
  out[7] = -1.0925484305920792 * x * z;
  out[8] = 0.5462742152960396 * (xx - yy);
  out[9] = -0.5900435899266435 * y * (3 * xx - yy);
  out[10] = 2.890611442640554 * x * y * z;
  out[11] = -0.4570457994644658 * y * (4 * zz - xx - yy);
  out[12] = 0.3731763325901154 * z * (2 * zz - 3 * xx - 3 * yy);
  out[13] = -0.4570457994644658 * x * (4 * zz - xx - yy);
  out[14] = 1.445305721320277 * z * (xx - yy);
  out[15] = -0.5900435899266435 * x * (xx - 3 * yy);
}

const values = new Float64Array(16);

/** Colour of a splat seen along a unit direction (from the eye), in sRGB 0–1, not below 0, into `out[0..2]`. */
export function splatColour(cloud: SplatCloud, i: number, x: number, y: number, z: number, out: Float64Array): void {
  const count = harmonicsOf(cloud.degree);
  if (count > 1) basis(x, y, z, values);
  else values[0] = 0.28209479177387814;
  const first = i * count * 3;
  for (let k = 0; k < 3; k++) {
    let sum = 0.5;
    for (let h = 0; h < count; h++) sum += values[h] * cloud.harmonics[first + h * 3 + k];
    out[k] = Math.max(0, sum);
  }
}
