// Stands in for node:domain in the bundles. The Functions Framework makes a domain for every call, and the first one
// turns on async hooks for each promise of the process: measured, that halves the throughput of the local mode. What a
// domain would catch, an exception outside any promise of a handler, cannot come from handlers that are async functions
// and await all they start.
const passing = { bind: (callback) => callback };

export function create() {
  return {
    on: () => undefined,
    run(body) {
      process.domain = passing;
      body();
    },
  };
}
