import { base64Functions } from './base64.ts';
import { hashFunctions } from './hash.ts';
import { helperFunctions } from './helpers.ts';
import { predicateFunctions } from './http.ts';
import { jsonFunctions } from './json.ts';
import { listFunctions } from './list.ts';
import { mapFunctions } from './map.ts';
import { mathFunctions } from './math.ts';
import type { StdFunction } from './std-function.ts';
import { sysFunctions } from './sys.ts';
import { textFunctions } from './text.ts';
import { timeFunctions } from './time.ts';
import { uuidFunctions } from './uuid.ts';

/** Every function that answers at once, by its full name. */
export const functions: ReadonlyMap<string, StdFunction> = new Map(
  [
    ...helperFunctions,
    ...base64Functions,
    ...hashFunctions,
    ...predicateFunctions,
    ...jsonFunctions,
    ...listFunctions,
    ...mapFunctions,
    ...mathFunctions,
    ...sysFunctions,
    ...textFunctions,
    ...timeFunctions,
    ...uuidFunctions,
  ].map((entry) => [entry.name, entry]),
);
