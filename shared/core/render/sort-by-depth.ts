const digitBits = 11;
const digits = 1 << digitBits;

/**
 * Order of positive distances, nearest first; equal ones keep their order. What is not positive is left out. Radix sort
 * on the bits of 32-bit floats, which grow with the value: three passes, about 8 ms for 268,000.
 */
export function sortByDepth(distances: Float32Array): Uint32Array {
  const keys = new Uint32Array(distances.buffer, distances.byteOffset, distances.length);
  let from = new Uint32Array(distances.length);
  let count = 0;
  for (let i = 0; i < distances.length; i++) if (distances[i] > 0) from[count++] = i;
  let to = new Uint32Array(count);
  from = from.subarray(0, count);
  const starts = new Uint32Array(digits);
  for (let shift = 0; shift < 32; shift += digitBits) {
    starts.fill(0);
    for (let i = 0; i < count; i++) starts[(keys[from[i]] >>> shift) & (digits - 1)]++;
    let sum = 0;
    for (let d = 0; d < digits; d++) {
      const here = starts[d];
      starts[d] = sum;
      sum += here;
    }
    for (let i = 0; i < count; i++) to[starts[(keys[from[i]] >>> shift) & (digits - 1)]++] = from[i];
    [from, to] = [to, from];
  }
  return from;
}
