const statuses = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  ALREADY_EXISTS: 409,
  FAILED_PRECONDITION: 400,
  PAYLOAD_TOO_LARGE: 413,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const;

export type RequestStatus = keyof typeof statuses;

/** A request that the executor refuses, with the status name that Google's APIs use and its HTTP code. */
export class RequestError extends Error {
  readonly status: RequestStatus;
  readonly code: number;

  constructor(status: RequestStatus, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'RequestError';
    this.status = status;
    this.code = statuses[status];
  }
}
