declare module 'gltf-validator' {
  interface ReportMessage {
    code: string;
    message: string;
    /** 0 error, 1 warning, 2 information, 3 hint. */
    severity: 0 | 1 | 2 | 3;
    /** JSON pointer; absent for findings in the container, which have an offset. */
    pointer?: string;
    offset?: number;
  }

  interface ValidationReport {
    validatorVersion: string;
    issues: { messages: ReportMessage[]; truncated: boolean };
  }

  interface ValidationOptions {
    format?: 'glb' | 'gltf';
    writeTimestamp?: boolean;
    maxIssues?: number;
    ignoredIssues?: string[];
  }

  export function validateBytes(data: Uint8Array, options?: ValidationOptions): Promise<ValidationReport>;
}
