import type { LintCode } from '../program/finding.ts';
import type { SourcePosition } from '../program/program.ts';

/** Writes a finding down. */
export type Report = (code: LintCode, path: string, at: SourcePosition, message: string) => void;
