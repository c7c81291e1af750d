import { AtlasError } from '../../errors.ts';

/** Status codes of gRPC that the adapters tell apart, https://grpc.io/docs/guides/status-codes/ */
export const grpcStatus = {
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  failedPrecondition: 9,
  aborted: 10,
} as const;

/** The gRPC status of an error of Google’s clients; undefined for any other error. */
export function grpcStatusOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || thrown instanceof AtlasError) return undefined;
  const { code } = thrown as { code?: unknown };
  return typeof code === 'number' && code > 0 && code <= 16 ? code : undefined;
}

/**
 * Turns an error of Google’s clients into ours; anything else stays what it is. The client has tried again by itself
 * before it gave up, so what is left is a store that cannot be reached now, or may not be.
 *
 * @param service - names the service in the message, as in `Firestore`
 */
export function fromGoogleError(thrown: unknown, service: string): unknown {
  const status = grpcStatusOf(thrown);
  if (status === undefined) return thrown;
  const { message } = thrown as Error;
  // Firestore calls a transaction that it gave up under contention an invalid argument; asking again is right.
  if (status === grpcStatus.invalidArgument && !/transaction/i.test(message)) {
    const tooLarge = /exceeds the maximum|too (large|big)|longer than|maximum .*size/i.test(message);
    return new AtlasError(tooLarge ? 'count_over_limit' : 'internal', `${service} refused the request.`, {
      cause: thrown,
    });
  }
  return new AtlasError('store_unavailable', `${service} answered with gRPC status ${status}.`, { cause: thrown });
}

/**
 * Waits for a call of Google’s clients, which would try for minutes, no longer than a caller can be kept waiting.
 * What was sent may still take effect.
 *
 * @throws AtlasError store_unavailable after `timeoutMs`
 */
export async function within<T>(timeoutMs: number, service: string, call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new AtlasError('store_unavailable', `${service} did not answer within ${timeoutMs} ms.`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
