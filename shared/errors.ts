/** One row of the error table: how a code travels over HTTP, whether a retry can help, and what the caller can do. */
export interface ErrorRule {
  readonly status: number;
  readonly retryable: boolean;
  readonly title: string;
  readonly remedy: string;
}

const rule = (status: number, retryable: boolean, title: string, remedy: string): ErrorRule => ({
  status,
  retryable,
  title,
  remedy,
});

/** Every code that Atlas answers with. The OpenAPI document and the docs are derived from this table. */
export const errorTable = {
  // Requests
  invalid_request: rule(400, false, 'The request does not match the schema', 'Correct the field that `pointer` names.'),
  malformed_json: rule(400, false, 'The body is not valid JSON', 'Send one JSON document in UTF-8.'),
  json_too_deep: rule(400, false, 'The JSON is nested too deeply', 'Send at most 64 levels.'),
  body_too_large: rule(413, false, 'The request body is too large', 'Send files through POST /v1/uploads.'),
  unsupported_media_type: rule(415, false, 'The body must be JSON', 'Send content-type: application/json.'),
  unauthenticated: rule(401, false, 'A valid API key is needed', 'Send Authorization: Bearer atl_…'),
  forbidden: rule(403, false, 'The API key does not allow this', 'Use a key with the scope that is named.'),
  not_found: rule(404, false, 'There is nothing here', 'Check the id and the key that you use.'),
  method_not_allowed: rule(405, false, 'The method is not allowed here', 'See GET /openapi.json.'),
  conflict: rule(409, false, 'The resource is in another state', 'Read it again, then decide.'),
  idempotency_in_flight: rule(
    409,
    true,
    'The same request is still running',
    'Wait for Retry-After and send it again.',
  ),
  idempotency_mismatch: rule(409, false, 'The key was used with another body', 'Use a new Idempotency-Key.'),
  unknown_target: rule(422, false, 'No such target profile', 'See GET /v1/profiles.'),
  upload_incomplete: rule(409, false, 'The upload has not arrived', 'PUT the file to the upload url first.'),
  upload_expired: rule(410, false, 'The signed URL has expired', 'Ask for a new one.'),
  upload_mismatch: rule(
    400,
    false,
    'The uploaded bytes differ from what was declared',
    'Declare the real size and hash, and send the headers that came with the URL.',
  ),
  signature_invalid: rule(403, false, 'The signed URL is not valid', 'Ask for a new one.'),
  cost_cap_exceeded: rule(402, false, 'The price is over maxCostMicroUsd', 'Raise the cap or ask for less.'),
  webhook_address_refused: rule(
    422,
    false,
    'The webhook address is not allowed',
    'Use a public https address on port 443.',
  ),
  too_many_requests: rule(429, true, 'Too many requests', 'Wait for Retry-After.'),
  quota_requests: rule(
    429,
    true,
    'The requests of this minute are used up',
    'Wait for Retry-After, then ask less often.',
  ),
  quota_jobs: rule(
    429,
    true,
    'Too many jobs are under way',
    'Wait until one has ended. GET /v1/limits shows the limit.',
  ),
  quota_storage: rule(429, true, 'The storage is used up', 'Ask for more room, or for a shorter retention.'),
  quota_spend: rule(
    429,
    true,
    'The spend of this day is used up',
    'Wait for the next day (UTC), or ask for a higher limit.',
  ),
  store_unavailable: rule(503, true, 'The store is not reachable', 'Send the request again later.'),
  internal: rule(
    500,
    true,
    'Something failed inside Atlas',
    'Send the request again; quote the requestId if it persists.',
  ),
  // Files
  file_not_found: rule(404, false, 'There is no such file', 'Check the path.'),
  file_empty: rule(422, false, 'The file is empty', 'Export it again.'),
  file_too_large: rule(422, false, 'The file is too large', 'Reduce it below the limit that is named.'),
  format_unknown: rule(422, false, 'The file format is not known', 'Send GLB, glTF, OBJ, PLY, or a ZIP of these.'),
  format_unsupported: rule(422, false, 'This kind of file is not a source yet', 'Send a mesh: GLB, glTF, OBJ or PLY.'),
  file_truncated: rule(422, false, 'The file ends too early', 'Export or download it again.'),
  file_malformed: rule(422, false, 'The file is broken', 'Export it again; `pointer` names the place.'),
  archive_bomb: rule(422, false, 'The archive expands beyond the limits', 'Send fewer or smaller files.'),
  external_uri: rule(422, false, 'The file refers to data outside itself', 'Embed everything: send a GLB or one ZIP.'),
  extension_unsupported: rule(
    422,
    false,
    'The file requires an extension we cannot read',
    'Export it without that extension.',
  ),
  accessor_out_of_bounds: rule(422, false, 'An accessor reaches outside its data', 'Export the file again.'),
  index_out_of_range: rule(422, false, 'An index points at no vertex', 'Export the file again.'),
  position_not_finite: rule(422, false, 'Positions contain NaN or infinity', 'Export the file again.'),
  no_triangles: rule(422, false, 'The file has no triangles', 'Send a surface mesh.'),
  scene_cyclic: rule(422, false, 'The node graph has a cycle', 'Export the file again.'),
  scene_too_deep: rule(422, false, 'The node graph is too deep', 'Flatten the hierarchy.'),
  count_over_limit: rule(422, false, 'The file holds more than the limits allow', 'Reduce the count that is named.'),
  image_too_large: rule(422, false, 'An image has too many pixels', 'Use images up to 16,384 pixels a side.'),
  image_malformed: rule(422, false, 'An image cannot be decoded', 'Export the texture again as PNG or JPEG.'),
  // Work
  budget_unreachable: rule(422, false, 'The triangle budget cannot be met', 'Raise the budget or repair the source.'),
  work_timeout: rule(422, false, 'The work took too long', 'Send a smaller file.'),
  work_out_of_memory: rule(422, false, 'The work needed too much memory', 'Send a smaller file.'),
  work_crashed: rule(500, true, 'The worker ended unexpectedly', 'Send the job again.'),
  cancelled: rule(409, false, 'The job was cancelled', 'Start a new job.'),
  renderer_unavailable: rule(
    503,
    false,
    'The renderer that was asked for cannot draw here',
    'Or leave the choice of the renderer to Atlas.',
  ),
  lease_busy: rule(409, true, 'Another worker holds this stage', 'It is redelivered by itself.'),
  callback_failed: rule(503, true, 'The workflow did not take the answer', 'It is redelivered by itself.'),
  receipt_invalid: rule(422, false, 'The receipt does not hold', 'Do not trust these files.'),
} as const satisfies Record<string, ErrorRule>;

export type ErrorCode = keyof typeof errorTable;

/** A failure with a stable code. `pointer` is an RFC 6901 JSON pointer into the request or file. */
export class AtlasError extends Error {
  readonly code: ErrorCode;
  readonly pointer: string | undefined;

  constructor(code: ErrorCode, message: string, options: { pointer?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AtlasError';
    this.code = code;
    this.pointer = options.pointer;
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }
}

/** Turns anything thrown into an `AtlasError`; what is not ours becomes `internal` and keeps its cause. */
export function toAtlasError(thrown: unknown): AtlasError {
  if (thrown instanceof AtlasError) return thrown;
  return new AtlasError('internal', 'An unexpected error occurred.', { cause: thrown });
}
