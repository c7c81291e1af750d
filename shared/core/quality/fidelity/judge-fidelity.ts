import type { Fidelity, Finding, Profile } from '../../../schema/index.ts';

interface Measure {
  readonly code: string;
  readonly measured: number;
  readonly limit: number | undefined;
  /** Which side of the limit is the fault. */
  readonly fault: 'above' | 'below';
  readonly message: string;
  readonly remedy: string;
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

function measuresOf(fidelity: Fidelity, { flipMax, silhouetteIouMin, distanceMaxShare }: Limits): Measure[] {
  return [
    {
      code: 'fidelity_flip',
      measured: fidelity.flip,
      limit: flipMax,
      fault: 'above',
      message: `The delivery looks different from its source: perceived difference ${fidelity.flip.toPrecision(3)} (FLIP), largest in ${fidelity.worstView}.`,
      remedy: 'Allow larger textures, a higher texture quality, or more triangles.',
    },
    {
      code: 'fidelity_silhouette',
      measured: fidelity.silhouetteIou,
      limit: silhouetteIouMin,
      fault: 'below',
      message: `In one view only ${percent(fidelity.silhouetteIou)} of the outlines of delivery and source agree.`,
      remedy: 'Allow more triangles.',
    },
    {
      code: 'fidelity_distance',
      measured: fidelity.distanceMaxShare,
      limit: distanceMaxShare,
      fault: 'above',
      message: `Somewhere delivery and source are ${percent(fidelity.distanceMaxShare)} of the diagonal apart.`,
      remedy: 'Allow more triangles.',
    },
  ];
}

type Limits = NonNullable<Profile['fidelity']>;

/** Finds what a target does not accept of a delivery’s distance from its source; nothing when it states no limits. */
export function judgeFidelity(fidelity: Fidelity, { fidelity: limits }: Profile, file: string): Finding[] {
  if (!limits) return [];
  const { severity, source, note } = limits;
  return measuresOf(fidelity, limits)
    .filter(
      ({ measured, limit, fault }) => limit !== undefined && (fault === 'above' ? measured > limit : measured < limit),
    )
    .map(({ code, measured, limit, message, remedy }) => ({
      code,
      severity: severity === 'hard' ? ('error' as const) : ('warning' as const),
      file,
      measured,
      limit: limit!,
      message,
      remedy,
      source: note === undefined ? source : `${source} (${note})`,
    }));
}
