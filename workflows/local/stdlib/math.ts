import { isInt64 } from '../value.ts';
import { languageError } from '../workflow-error.ts';
import { numberArg, std } from './std-function.ts';

/** The module `math`. */
export const mathFunctions = [
  std('math.abs', ['x'], ([x]) => {
    const value = numberArg(x, 'x');
    if (typeof value === 'number') return Math.abs(value);
    const size = value < 0n ? -value : value;
    if (!isInt64(size)) throw languageError('ValueError', 'integer overflow: the result does not fit 64 bits');
    return size;
  }),
  std('math.max', ['x', 'y'], ([x, y]) => (numberArg(x, 'x') >= numberArg(y, 'y') ? x! : y!)),
  std('math.min', ['x', 'y'], ([x, y]) => (numberArg(x, 'x') <= numberArg(y, 'y') ? x! : y!)),
];
