/**
 * Writes ONNX files (onnx.proto3 of ONNX IR version 8, operator set 13; https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3),
 * as much as tiny models for tests need. Protocol buffers: https://protobuf.dev/programming-guides/encoding/.
 */

type Field = Uint8Array;

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return [...out, Number(rest)];
}

const whole = (field: number, value: number): Field => Uint8Array.from([...varint(field << 3), ...varint(value)]);

function bytes(field: number, value: Uint8Array | string | readonly Field[]): Field {
  const body =
    typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? value : Buffer.concat(value);
  return Buffer.concat([Uint8Array.from([...varint((field << 3) | 2), ...varint(body.byteLength)]), body]);
}

type ElementType = 'float32' | 'int64';
const codeOf: Record<ElementType, number> = { float32: 1, int64: 7 };

export interface OnnxValue {
  readonly name: string;
  readonly type?: ElementType;
  /** A word is a size that is known only when it runs. */
  readonly dims: readonly (number | string)[];
}

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers, or lists of them. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface OnnxGraph {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly weights?: Readonly<Record<string, { dims: readonly number[]; data: Float32Array | BigInt64Array }>>;
}

const valueInfo = ({ name, type = 'float32', dims }: OnnxValue): Field[] => {
  const shape = dims.map((size) => bytes(1, typeof size === 'number' ? [whole(1, size)] : [bytes(2, size)]));
  return [bytes(1, name), bytes(2, [bytes(1, [whole(1, codeOf[type]), bytes(2, shape)])])];
};

const attribute = ([name, value]: [string, number | readonly number[]]): Field =>
  bytes(
    5,
    typeof value === 'number'
      ? [bytes(1, name), whole(3, value), whole(20, 2)]
      : [bytes(1, name), ...value.map((one) => whole(8, one)), whole(20, 7)],
  );

const node = ({ op, inputs, outputs, attributes = {} }: OnnxNode): Field[] => [
  ...inputs.map((name) => bytes(1, name)),
  ...outputs.map((name) => bytes(2, name)),
  bytes(4, op),
  ...Object.entries(attributes).map(attribute),
];

const weight = ([name, { dims, data }]: [string, { dims: readonly number[]; data: Float32Array | BigInt64Array }]) => [
  ...dims.map((size) => whole(1, size)),
  whole(2, codeOf[data instanceof Float32Array ? 'float32' : 'int64']),
  bytes(8, name),
  bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
];

/** The bytes of a model file. */
export function encodeOnnx({ inputs, outputs, nodes, weights = {} }: OnnxGraph): Uint8Array {
  const graph = [
    ...nodes.map((one) => bytes(1, node(one))),
    bytes(2, 'tiny'),
    ...Object.entries(weights).map((one) => bytes(5, weight(one))),
    ...inputs.map((one) => bytes(11, valueInfo(one))),
    ...outputs.map((one) => bytes(12, valueInfo(one))),
  ];
  return new Uint8Array(
    Buffer.concat([whole(1, 8), bytes(2, 'atlas-tests'), bytes(7, graph), bytes(8, [whole(2, 13)])]),
  );
}
