import { setFlagsFromString } from 'node:v8';

/**
 * Imported before anything that loads WASM: V8 then compiles it with its optimising compiler at once. By default a
 * function starts in quickly compiled, slow code and changes at its next call; decimation is one call that lasts a third
 * of a second, and would run in slow code to its end. Measured on 400,000 triangles: convert takes a quarter less time.
 */
setFlagsFromString('--no-liftoff');
