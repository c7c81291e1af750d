/** One grey image, values 0–255, and which of its texels are used (1 or 0), both `[height × width]`. */
export interface GreyPlane {
  readonly width: number;
  readonly height: number;
  readonly values: Float64Array;
  readonly used: Uint8Array;
}

/** What is lost when an image is halved and enlarged again, at one octave. */
export interface Band {
  /** Sum of the squares of the loss over `texels`. */
  readonly energy: number;
  /** Texels counted: used, with used ones all around. */
  readonly texels: number;
}

/** Lanczos-2 at half steps: a texel of the smaller image lies between two of the larger. Sums to 1 on both sides. */
const taps = (() => {
  const sinc = (x: number): number => Math.sin(Math.PI * x) / (Math.PI * x);
  const side = [0.25, 0.75, 1.25, 1.75].map((x) => sinc(x) * sinc(x / 2));
  const sum = side.reduce((total, weight) => total + weight, 0);
  return side.map((weight) => weight / (2 * sum)) as [number, number, number, number];
})();

/** Texels around one that must be used: the farther taps weigh under 2 %. */
const guardPx = 4;

const clampTo = (index: number, length: number): number => (index < 0 ? 0 : index < length ? index : length - 1);

/** Halves rows of `length` values, `stride` apart, `lines` of them `lineStride` apart. */
function halveLines(source: Float64Array, out: Float64Array, axis: Axis): void {
  const { length, stride, outStride, lines, lineStride, outLineStride } = axis;
  const half = length >> 1;
  for (let line = 0; line < lines; line++) {
    const from = line * lineStride;
    const to = line * outLineStride;
    for (let i = 0; i < half; i++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) {
        const before = clampTo(2 * i - k, length);
        const after = clampTo(2 * i + 1 + k, length);
        sum += taps[k]! * (source[from + before * stride]! + source[from + after * stride]!);
      }
      out[to + i * outStride] = sum;
    }
  }
}

/** Doubles rows again: each texel from the four nearest of the smaller image. */
function doubleLines(source: Float64Array, out: Float64Array, axis: Axis): void {
  const { length, stride, outStride, lines, lineStride, outLineStride } = axis;
  const half = length >> 1;
  // A texel lies a quarter of a step from its own smaller one, three quarters from the next, and so on.
  const [near, next, far, farther] = [2 * taps[0], 2 * taps[1], 2 * taps[2], 2 * taps[3]];
  for (let line = 0; line < lines; line++) {
    const from = line * outLineStride;
    const to = line * lineStride;
    for (let i = 0; i < half; i++) {
      const at = (step: number): number => source[from + clampTo(i + step, half) * outStride]!;
      const own = near * at(0);
      out[to + 2 * i * stride] = own + next * at(-1) + far * at(1) + farther * at(-2);
      out[to + (2 * i + 1) * stride] = own + next * at(1) + far * at(-1) + farther * at(2);
    }
  }
}

/** How the lines of an image lie in memory, in the larger image and (`out…`) in the one halved along them. */
interface Axis {
  readonly length: number;
  readonly stride: number;
  readonly outStride: number;
  readonly lines: number;
  readonly lineStride: number;
  readonly outLineStride: number;
}

const alongRows = (width: number, lines: number): Axis => ({
  length: width,
  stride: 1,
  outStride: 1,
  lines,
  lineStride: width,
  outLineStride: width >> 1,
});

const alongColumns = (width: number, height: number): Axis => ({
  length: height,
  stride: width,
  outStride: width,
  lines: width,
  lineStride: 1,
  outLineStride: 1,
});

/** Cuts a last odd row or column off. */
function trim({ width, height, values, used }: GreyPlane): GreyPlane {
  const w = width & ~1;
  const h = height & ~1;
  if (w === width && h === height) return { width, height, values, used };
  const cut = { width: w, height: h, values: new Float64Array(w * h), used: new Uint8Array(w * h) };
  for (let y = 0; y < h; y++) {
    cut.values.set(values.subarray(y * width, y * width + w), y * w);
    cut.used.set(used.subarray(y * width, y * width + w), y * w);
  }
  return cut;
}

/** The image at half its size; a texel is used when its four are. */
function halve({ width, height, values, used }: GreyPlane): GreyPlane {
  const w = width >> 1;
  const h = height >> 1;
  const narrow = new Float64Array(w * height);
  halveLines(values, narrow, alongRows(width, height));
  const small = { width: w, height: h, values: new Float64Array(w * h), used: new Uint8Array(w * h) };
  halveLines(narrow, small.values, alongColumns(w, height));
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const at = 2 * y * width + 2 * x;
      small.used[y * w + x] = used[at]! & used[at + 1]! & used[at + width]! & used[at + width + 1]!;
    }
  }
  return small;
}

/** The smaller image enlarged to the size of the larger. */
function double(small: GreyPlane, width: number, height: number): Float64Array {
  const narrow = new Float64Array(small.width * height);
  doubleLines(small.values, narrow, alongColumns(small.width, height));
  const out = new Float64Array(width * height);
  doubleLines(narrow, out, alongRows(width, height));
  return out;
}

/** 1 where all texels within `guardPx` are used; none at the borders of the image. */
function guard({ width, height, used }: GreyPlane): Uint8Array {
  const span = 2 * guardPx + 1;
  const rows = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    let run = 0;
    for (let x = 0; x < width; x++) {
      run = used[y * width + x] === 0 ? 0 : run + 1;
      if (run >= span) rows[y * width + x - guardPx] = 1;
    }
  }
  const all = new Uint8Array(width * height);
  const runs = new Int32Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      runs[x] = rows[y * width + x] === 0 ? 0 : runs[x]! + 1;
      if (runs[x]! >= span) all[(y - guardPx) * width + x] = 1;
    }
  }
  return all;
}

/**
 * Takes an image apart by octaves, finest first: band k is what halving level k loses. Stops early when an image is
 * used up or too few texels have used ones around.
 */
export function measureBands(plane: GreyPlane, octaves: number): Band[] {
  const bands: Band[] = [];
  let level = trim(plane);
  while (bands.length < octaves && Math.min(level.width, level.height) > 2 * guardPx) {
    const small = halve(level);
    const back = double(small, level.width, level.height);
    const counted = guard(level);
    let energy = 0;
    let texels = 0;
    for (let i = 0; i < back.length; i++) {
      if (counted[i] === 0) continue;
      const loss = level.values[i]! - back[i]!;
      energy += loss * loss;
      texels++;
    }
    bands.push({ energy, texels });
    level = trim(small);
  }
  return bands;
}
