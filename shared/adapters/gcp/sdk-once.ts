/** Gives the same loaded client to every caller. */
export interface SdkOnce<T> {
  (): Promise<T>;
  /** Ends the client, unless it was never needed. */
  ifLoaded(end: (loaded: T) => Promise<unknown>): Promise<void>;
}

/**
 * Loads one of Google’s clients when it is first used: they take 0.3 to 0.6 s of a cold start, which a function that
 * answers from elsewhere need not pay. A load that failed is tried again by the next caller.
 */
export function sdkOnce<T>(load: () => Promise<T>): SdkOnce<T> {
  let loading: Promise<T> | undefined;
  const get = (): Promise<T> => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  return Object.assign(get, {
    async ifLoaded(end: (loaded: T) => Promise<unknown>) {
      if (loading) await end(await loading);
    },
  });
}
