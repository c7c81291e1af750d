import type { ErrorCode } from '../../../errors.ts';

/** How a refusal reads: HTTP status, reason of the JSON API, code of the XML API, code of Atlas. */
const faultTable = {
  noSuchKey: [404, 'notFound', 'NoSuchKey', 'not_found'],
  noSuchBucket: [404, 'notFound', 'NoSuchBucket', 'not_found'],
  noSuchUpload: [404, 'notFound', 'NoSuchUpload', 'not_found'],
  noSuchRoute: [404, 'notFound', 'NoSuchKey', 'not_found'],
  preconditionFailed: [412, 'conditionNotMet', 'PreconditionFailed', 'conflict'],
  bucketTaken: [409, 'conflict', 'BucketAlreadyOwnedByYou', 'conflict'],
  bucketNotEmpty: [409, 'conflict', 'BucketNotEmpty', 'conflict'],
  invalid: [400, 'invalid', 'InvalidArgument', 'invalid_request'],
  badDigest: [400, 'invalid', 'BadDigest', 'upload_mismatch'],
  tooLarge: [400, 'invalid', 'EntityTooLarge', 'upload_mismatch'],
  tooSmall: [400, 'invalid', 'EntityTooSmall', 'upload_mismatch'],
  headerMissing: [400, 'invalid', 'MalformedSecurityHeader', 'upload_mismatch'],
  expired: [400, 'expired', 'ExpiredToken', 'upload_expired'],
  signatureMismatch: [403, 'forbidden', 'SignatureDoesNotMatch', 'signature_invalid'],
  methodNotAllowed: [405, 'methodNotAllowed', 'MethodNotAllowed', 'method_not_allowed'],
  internal: [500, 'backendError', 'InternalError', 'internal'],
} as const satisfies Record<string, readonly [number, string, string, ErrorCode]>;

/** A refusal in the words of Cloud Storage. https://cloud.google.com/storage/docs/json_api/v1/status-codes */
export class GcsFault extends Error {
  readonly status: number;
  readonly reason: string;
  readonly xmlCode: string;
  readonly atlasCode: ErrorCode;
  constructor(fault: keyof typeof faultTable, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GcsFault';
    [this.status, this.reason, this.xmlCode, this.atlasCode] = faultTable[fault];
  }
}

export const noObject = (bucket: string, key: string): GcsFault =>
  new GcsFault('noSuchKey', `No such object: ${bucket}/${key}`);

export const conditionNotMet = (): GcsFault =>
  new GcsFault('preconditionFailed', 'At least one of the pre-conditions you specified did not hold.');

/** Anything thrown as a fault: a name that this disk cannot keep is the caller’s, all else is ours. */
export function toFault(thrown: unknown): GcsFault {
  if (thrown instanceof GcsFault) return thrown;
  if (thrown instanceof TypeError || thrown instanceof SyntaxError || thrown instanceof URIError) {
    return new GcsFault('invalid', thrown.message, thrown);
  }
  return new GcsFault('internal', 'We encountered an internal error. Please try again.', thrown);
}
