/** Floats that are appended one by one; memory doubles as it fills. */
export interface FloatList {
  push(value: number): void;
  readonly length: number;
  /** The values so far, as a view. */
  values(): Float32Array;
}

/** An empty list of 32-bit floats. */
export function floatList(): FloatList {
  let array = new Float32Array(1024);
  let length = 0;
  return {
    push(value) {
      if (length === array.length) {
        const larger = new Float32Array(length * 2);
        larger.set(array);
        array = larger;
      }
      array[length++] = value;
    },
    get length() {
      return length;
    },
    values: () => array.subarray(0, length),
  };
}

/** Whole numbers that are appended one by one. */
export interface IntList {
  push(value: number): void;
  readonly length: number;
  values(): Int32Array;
}

/** An empty list of 32-bit whole numbers. */
export function intList(): IntList {
  let array = new Int32Array(1024);
  let length = 0;
  return {
    push(value) {
      if (length === array.length) {
        const larger = new Int32Array(length * 2);
        larger.set(array);
        array = larger;
      }
      array[length++] = value;
    },
    get length() {
      return length;
    },
    values: () => array.subarray(0, length),
  };
}
