import { validateBytes } from 'gltf-validator';

export type ValidatorSeverity = 'error' | 'warning' | 'info' | 'hint';

export interface ValidatorMessage {
  readonly code: string;
  readonly severity: ValidatorSeverity;
  readonly message: string;
  /** JSON pointer into the file; absent for the container itself. */
  readonly pointer?: string;
}

export interface Validation {
  readonly version: string;
  readonly messages: readonly ValidatorMessage[];
}

const severities = ['error', 'warning', 'info', 'hint'] as const;

/** Messages that are kept at most: a file with more has one systematic fault, and errors come in file order. */
const mostMessages = 10_000;

/**
 * Runs Khronos gltf-validator over a GLB. It does not look into Draco or meshopt data: validate the decoded form too. More
 * messages than are kept count as one more error, so that nothing hides behind the cut. About 0.1 s for 400,000 triangles.
 */
export async function validateGlb(glb: Uint8Array): Promise<Validation> {
  const report = await validateBytes(glb, { format: 'glb', writeTimestamp: false, maxIssues: mostMessages });
  const messages: ValidatorMessage[] = report.issues.messages.map(({ code, severity, message, pointer }) => ({
    code,
    severity: severities[severity],
    message,
    ...(pointer === undefined ? {} : { pointer }),
  }));
  if (report.issues.truncated) {
    const message = `More than ${mostMessages} messages; the rest was not looked at.`;
    messages.push({ code: 'TOO_MANY_MESSAGES', severity: 'error', message });
  }
  return { version: report.validatorVersion, messages };
}

/** One list of two validations of the same file, each code and place once. */
export function mergeValidations(a: Validation, b: Validation): Validation {
  const known = new Set(a.messages.map(({ code, pointer }) => `${code} ${pointer ?? ''}`));
  const added = b.messages.filter(({ code, pointer }) => !known.has(`${code} ${pointer ?? ''}`));
  return { version: a.version, messages: [...a.messages, ...added] };
}
