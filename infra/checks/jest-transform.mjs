// Jest runs each test file in a context of its own, where every mention of a global is a call into an interceptor: code that
// uses Math in its inner loops is ten times slower there than outside. Bound once at the head of a module, they are not.
import swcJest from '@swc/jest';

const swc = swcJest.createTransformer({
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'es6' },
});

const globals = [
  ...['Math', 'Number', 'Array', 'Object', 'Map', 'Set', 'Infinity', 'NaN', 'undefined'],
  ...['Float32Array', 'Float64Array', 'Int8Array', 'Int16Array', 'Int32Array', 'BigInt64Array', 'Uint8ClampedArray'],
  ...['Uint8Array', 'Uint16Array', 'Uint32Array', 'DataView', 'ArrayBuffer', 'RangeError', 'TypeError', 'Error'],
];

/** The module with the globals that it mentions and does not declare bound in its first line; line numbers stay. */
function bindGlobals(code) {
  const used = globals.filter(
    (name) =>
      new RegExp(`\\b${name}\\b`).test(code) &&
      !new RegExp(`\\b(?:const|let|var|class|function|import)\\s+(?:\\{[^}]*)?\\b${name}\\b`).test(code),
  );
  return used.length === 0 ? code : `const { ${used.join(', ')} } = globalThis; ${code}`;
}

const bound = (result) => ({ ...result, code: bindGlobals(result.code) });

// biome-ignore lint/style/noDefaultExport: Jest reads a transformer from there.
export default {
  canInstrument: false,
  getCacheKey: (...args) => `bound-globals-${swc.getCacheKey(...args)}`,
  process: (...args) => bound(swc.process(...args)),
  processAsync: async (...args) => bound(await swc.processAsync(...args)),
};
