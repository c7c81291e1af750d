/** An opaque or transparent picture, RGBA8 `[height × width × 4]`. */
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Numbers of 0–1 that are the same for the same seed, everywhere (Numerical Recipes’ generator). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A picture from a colour for each pixel, values 0–255; alpha is 255 when left out. */
export function paint(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number, number?],
): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red, green, blue, alpha = 255] = colour(x, y);
      data.set([red, green, blue, alpha], (y * width + x) * 4);
    }
  }
  return { width, height, data };
}

/** A texture with detail at every size (value noise, each octave of the same amplitude), like stone or bark. */
export function fractalTexture(size: number, seed: number, amplitude = 40): Picture {
  const values = new Float64Array(size * size);
  for (let step = 1; step < size; step *= 2) {
    const random = seededRandom(seed + step);
    const side = size / step + 1;
    const lattice = Float64Array.from({ length: side * side }, () => random() - 0.5);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const [column, row] = [Math.floor(x / step), Math.floor(y / step)];
        const [u, v] = [x / step - column, y / step - row];
        const at = row * side + column;
        const top = lattice[at]! * (1 - u) + lattice[at + 1]! * u;
        const bottom = lattice[at + side]! * (1 - u) + lattice[at + side + 1]! * u;
        values[y * size + x]! += amplitude * (top * (1 - v) + bottom * v);
      }
    }
  }
  return paint(size, size, (x, y) => {
    const value = values[y * size + x]!;
    return [140 + value, 120 + 0.9 * value, 90 + 0.7 * value];
  });
}

/** A picture with every channel of every pixel changed by `change(value, x, y, channel)`; alpha stays. */
export function changed(
  picture: Picture,
  change: (value: number, x: number, y: number, channel: number) => number,
): Picture {
  return paint(picture.width, picture.height, (x, y) => {
    const at = (y * picture.width + x) * 4;
    const channel = (c: number): number => change(picture.data[at + c]!, x, y, c);
    return [channel(0), channel(1), channel(2), picture.data[at + 3]!];
  });
}

/** The picture with grey noise of a standard deviation, 0–255 (sum of twelve uniform numbers). */
export function noisy(picture: Picture, sigma: number, seed: number): Picture {
  const random = seededRandom(seed);
  const noise = Float64Array.from({ length: picture.width * picture.height }, () => {
    let sum = -6;
    for (let k = 0; k < 12; k++) sum += random();
    return sum * sigma;
  });
  return changed(picture, (value, x, y) => value + noise[y * picture.width + x]!);
}

/** The picture blurred by a Gaussian of a standard deviation in pixels; edge pixels go on past the edges. */
export function blurred({ width, height, data }: Picture, sigma: number): Picture {
  const radius = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: radius + 1 }, (_, k) => Math.exp(-(k * k) / (2 * sigma * sigma)));
  const total = 2 * weights.reduce((sum, weight) => sum + weight, 0) - 1;
  // Looking up Math for each sample is slow in the test runner’s sandbox.
  const { min } = Math;
  const pass = (source: Float64Array, length: number, stride: number): Float64Array =>
    source.map((centre, i) => {
      const last = length - 1;
      const at = ((i / stride) | 0) % length;
      let sum = centre;
      for (let k = 1; k <= radius; k++) {
        const behind = source[i - min(k, at) * stride]!;
        const ahead = source[i + min(k, last - at) * stride]!;
        sum += weights[k]! * (behind + ahead);
      }
      return sum / total;
    });
  const both = pass(pass(Float64Array.from(data), width, 4), height, 4 * width);
  return { width, height, data: Uint8ClampedArray.from(both) };
}

/** The picture as a block codec leaves it: cosine coefficients of 8 × 8 blocks rounded to multiples of `step`. */
export function blockCoded(picture: Picture, step: number): Picture {
  const cosine = (k: number, n: number): number =>
    Math.cos(((2 * n + 1) * k * Math.PI) / 16) * (k === 0 ? Math.SQRT1_2 : 1) * 0.5;
  const table = Array.from({ length: 8 }, (_, k) => Array.from({ length: 8 }, (_, n) => cosine(k, n)));
  const out = { ...picture, data: picture.data.slice() };
  const eight = [0, 1, 2, 3, 4, 5, 6, 7];
  const sum = (term: (k: number) => number): number => eight.reduce((total, k) => total + term(k), 0);
  for (let by = 0; by + 8 <= picture.height; by += 8) {
    for (let bx = 0; bx + 8 <= picture.width; bx += 8) {
      for (let c = 0; c < 3; c++) {
        const at = (x: number, y: number): number => ((by + y) * picture.width + bx + x) * 4 + c;
        const along = eight.map((y) => eight.map((k) => sum((x) => table[k]![x]! * picture.data[at(x, y)]!)));
        const both = eight.map((l) => eight.map((k) => sum((y) => table[l]![y]! * along[y]![k]!)));
        const coarse = both.map((row) => row.map((value) => Math.round(value / step) * step));
        const back = eight.map((y) => eight.map((k) => sum((l) => table[l]![y]! * coarse[l]![k]!)));
        for (const y of eight) for (const x of eight) out.data[at(x, y)] = sum((k) => table[k]![x]! * back[y]![k]!);
      }
    }
  }
  return out;
}
