import type { Profile } from '../../../../schema/index.ts';
import { findFaults } from '../find-faults.ts';
import type { SplatCode } from './splat-rules.ts';
import type { SplatFinding, SplatSubject } from './splat-subject.ts';

/** One finding when the measure is past the target’s limit; `marks` tells whether a splat is to be marked. */
export function splatFault(
  code: SplatCode,
  { name, cloud }: SplatSubject,
  profile: Profile,
  fault: { measured: number; message: string; marks?: (splat: number) => boolean },
): SplatFinding[] {
  const { measured, message, marks } = fault;
  return findFaults(code, { name }, { profile }, [{ measured, message }]).map(({ marks: _, ...finding }) => {
    if (!marks) return finding;
    const marked: number[] = [];
    for (let i = 0; i < cloud.count; i++) if (marks(i)) marked.push(i);
    return { ...finding, marks: Uint32Array.from(marked) };
  });
}
