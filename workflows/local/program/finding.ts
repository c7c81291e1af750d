/** The rules of the linter; `lint-workflow.test.ts` has a broken and a kept source for each. */
export type LintCode =
  | 'yaml-syntax'
  | 'source-too-large'
  | 'structure'
  | 'unknown-key'
  | 'main-missing'
  | 'main-parameters'
  | 'duplicate-step'
  | 'expression-syntax'
  | 'expression-too-long'
  | 'expression-unquoted'
  | 'expression-embedded'
  | 'too-many-assignments'
  | 'too-many-conditions'
  | 'too-many-branches'
  | 'parallel-too-deep'
  | 'concurrency-out-of-range'
  | 'unknown-target'
  | 'unknown-function'
  | 'blocking-in-expression'
  | 'wrong-arguments'
  | 'unknown-next'
  | 'unreachable-step'
  | 'undefined-variable'
  | 'shared-undeclared'
  | 'parallel-write'
  | 'return-in-parallel'
  | 'for-under-try'
  | 'retry-incomplete'
  | 'environment-name'
  | 'variable-memory';

/** One thing that is wrong with a workflow source. */
export interface LintFinding {
  readonly code: LintCode;
  /** `error`: Google refuses it at deployment or it fails when it runs; `warning`: undocumented or against our house rules. */
  readonly severity: 'error' | 'warning';
  /** The step, as `main/choose/…`, or `` for the whole source. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}
