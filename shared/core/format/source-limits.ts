import type { limits } from '../../schema/index.ts';

/** What a source may hold at most: the numbers of `shared/schema/limits.ts`, or a test's own. */
export type SourceLimits = { readonly [Name in keyof typeof limits]: number };
