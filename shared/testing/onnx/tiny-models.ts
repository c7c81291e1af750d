import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeOnnx, type OnnxGraph } from './encode-onnx.ts';

export const tinyPx = 8;
const pixels = (name: string) => ({ name, dims: [1, 3, tinyPx, tinyPx] });
const meanColour = [
  { op: 'GlobalAveragePool', inputs: ['pixels'], outputs: ['pooled'] },
  { op: 'Flatten', inputs: ['pooled'], outputs: ['colour'] },
];

/** The mean colour times a matrix, `[3 × dims]`: what an image encoder is to the code that calls it. */
export const imageEncoder = (matrix: readonly number[]): OnnxGraph => ({
  inputs: [pixels('pixels')],
  outputs: [{ name: 'embedding', dims: [1, matrix.length / 3] }],
  weights: { matrix: { dims: [3, matrix.length / 3], data: Float32Array.from(matrix) } },
  nodes: [...meanColour, { op: 'MatMul', inputs: ['colour', 'matrix'], outputs: ['embedding'] }],
});

/** The sum of a row of `table` for each token, `[tokens × 3]`. */
export const textEncoder = (table: readonly (readonly number[])[], length: number): OnnxGraph => ({
  inputs: [{ name: 'ids', type: 'int64', dims: [1, length] }],
  outputs: [{ name: 'embedding', dims: [1, 3] }],
  weights: { table: { dims: [table.length, 3], data: Float32Array.from(table.flat()) } },
  nodes: [
    { op: 'Gather', inputs: ['table', 'ids'], outputs: ['rows'], attributes: { axis: 0 } },
    { op: 'ReduceMean', inputs: ['rows'], outputs: ['embedding'], attributes: { axes: [1], keepdims: 0 } },
  ],
});

/** Mean absolute difference: what LPIPS is to the code that calls it. */
export const distance: OnnxGraph = {
  inputs: [pixels('first'), pixels('second')],
  outputs: [{ name: 'distance', dims: [1, 1, 1, 1] }],
  nodes: [
    { op: 'Sub', inputs: ['first', 'second'], outputs: ['difference'] },
    { op: 'Abs', inputs: ['difference'], outputs: ['size'] },
    { op: 'ReduceMean', inputs: ['size'], outputs: ['distance'], attributes: { axes: [0, 1, 2, 3], keepdims: 1 } },
  ],
};

/** A weighted mean of the colour. */
export const grade = (weights: readonly [number, number, number]): OnnxGraph => ({
  inputs: [pixels('pixels')],
  outputs: [{ name: 'grade', dims: [1, 1] }],
  weights: { weights: { dims: [3, 1], data: Float32Array.from(weights) } },
  nodes: [...meanColour, { op: 'MatMul', inputs: ['colour', 'weights'], outputs: ['grade'] }],
});

/** Takes minutes: products of large matrices, each of which needs the one before. */
export const endless: OnnxGraph = {
  inputs: [pixels('pixels')],
  outputs: [{ name: 'embedding', dims: ['rows', 'columns'] }],
  weights: { shape: { dims: [2], data: BigInt64Array.from([2048n, 2048n]) } },
  nodes: [
    { op: 'ReduceMean', inputs: ['pixels'], outputs: ['one'], attributes: { axes: [0, 1, 2, 3], keepdims: 0 } },
    { op: 'Expand', inputs: ['one', 'shape'], outputs: ['m0'] },
    ...Array.from({ length: 1000 }, (_, i) => ({ op: 'MatMul', inputs: [`m${i}`, 'm0'], outputs: [`m${i + 1}`] })),
    { op: 'Identity', inputs: ['m1000'], outputs: ['embedding'] },
  ],
};

/** A file of a directory of models. */
export function pinned(folder: string, file: string, content: Uint8Array | string): { file: string; sha256: string } {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), content);
  return { file, sha256: createHash('sha256').update(content).digest('hex') };
}

const pixelInput = { name: 'pixels', sizePx: tinyPx, mean: [0, 0, 0], std: [1, 1, 1] };
/** Colours less grey, so that red, green and blue are at an angle to each other, and white is nothing. */
const colourInput = { ...pixelInput, mean: [1, 1, 1] };

const tokens = ['<|startoftext|>', '<|endoftext|>', 'r', 'e', 'd</w>', 'ed</w>', 'red</w>', 'b', 'l', 'u', 'e</w>'];
const merges = '#version: 0.2\ne d</w>\nr ed</w>\n';
/** Only the word “red” means something: the direction of a red picture. */
const meanings = tokens.map((token) => (token === 'red</w>' ? [0, -1, -1] : [0, 0, 0]));

/**
 * Writes a directory of five tiny models that know mean colours and the word “red”. `change` may alter the entries of
 * models.json before they are written.
 */
export function tinyModelFolder(
  folder: string,
  change: (models: Record<string, unknown>[]) => Record<string, unknown>[] = (models) => models,
): string {
  const model = (file: string, graph: OnnxGraph) => pinned(folder, file, encodeOnnx(graph));
  const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const vocab = JSON.stringify(Object.fromEntries(tokens.map((token, id) => [token, id])));
  const models: Record<string, unknown>[] = [
    {
      ...{ name: 'tiny-clip-image', kind: 'clip-image', ...model('clip-image.onnx', imageEncoder(identity)) },
      ...{ input: colourInput, output: { name: 'embedding', dims: 3 } },
    },
    {
      ...{ name: 'tiny-clip-text', kind: 'clip-text', ...model('clip-text.onnx', textEncoder(meanings, 16)) },
      ...{ input: { ids: 'ids', length: 16 }, output: { name: 'embedding', dims: 3 } },
      tokenizer: { vocab: pinned(folder, 'vocab.json', vocab), merges: pinned(folder, 'merges.txt', merges) },
    },
    {
      ...{ name: 'tiny-dino', kind: 'dino', ...model('dino.onnx', imageEncoder([1, 0, 0, 1, 0, 1])) },
      ...{ input: pixelInput, output: { name: 'embedding', dims: 2 } },
    },
    {
      ...{ name: 'tiny-lpips', kind: 'lpips', ...model('lpips.onnx', distance) },
      ...{ input: { ...pixelInput, name: ['first', 'second'] }, output: { name: 'distance' } },
    },
    {
      ...{ name: 'tiny-quality', kind: 'quality', ...model('quality.onnx', grade([0.5, 0.25, 0.25])) },
      ...{ input: pixelInput, output: { name: 'grade' } },
    },
  ];
  pinned(folder, 'models.json', JSON.stringify({ version: 1, models: change(models) }));
  return folder;
}
