import type { Finding, Profile } from '../../../../schema/index.ts';
import type { SplatCloud } from '../../../render/splat-cloud.ts';
import type { SplatFloaters } from '../../../splat/measure-splat-floaters.ts';
import type { SplatMeasures } from '../../../splat/measure-splats.ts';

/** A cloud of splats in the forms that checks look at. */
export interface SplatSubject {
  readonly name: string;
  readonly format: 'ply' | 'spz';
  readonly cloud: SplatCloud;
  readonly measures: SplatMeasures;
  readonly floaters: SplatFloaters;
  readonly views: SplatViews;
}

/** What the twelve views show. */
export interface SplatViews {
  /** Share of each picture that is more than half covered. */
  readonly coverages: readonly number[];
  /** Of all pixels covered by a tenth or more, the share that is covered by less than nine tenths. */
  readonly hazyShare: number;
}

/** A finding with the splats that pictures mark, `[count]` ascending. */
export interface SplatFinding extends Finding {
  readonly marks?: Uint32Array;
}

/** Looks at one cloud and says what is wrong with it. An empty list is a pass. */
export type SplatCheck = (subject: SplatSubject, profile: Profile) => SplatFinding[];
