/** Time, injected so that tests can turn it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once `due` (milliseconds since 1970) has come; answers a function that calls it off. */
  at(due: number, callback: () => void): () => void;
}

/** The longest delay of setTimeout; later times are reached in several waits. */
const longestDelay = 2 ** 31 - 1;

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at(due, callback) {
    let timer: NodeJS.Timeout;
    const wait = () => {
      const delay = due - Date.now();
      timer = delay > longestDelay ? setTimeout(wait, longestDelay) : setTimeout(callback, Math.max(0, delay));
    };
    wait();
    return () => clearTimeout(timer);
  },
};
