import {
  type GateRound,
  type GeometryCompression,
  type LimitName,
  type Profile,
  packingExtensions,
  type RoundSettings,
  type TargetPlan,
} from '../../../schema/index.ts';

/** How far each setting may go from where the first round stood. */
export interface SettingsRange {
  readonly min: Pick<RoundSettings, 'triangles' | 'textureSizePx' | 'textureQuality'>;
  readonly max: Pick<RoundSettings, 'triangles' | 'textureSizePx' | 'textureQuality'>;
  /** Packings that the target reads, from the plan’s to the strongest. */
  readonly packings: readonly GeometryCompression[];
}

/** A sixteenth of the triangles is where the form of a usual prop goes. */
const triangleShareMin = 1 / 16;
/** Below it a texture shows no detail of an asset that fills the picture. */
const texturePxMin = 128;
/** JPEG and WebP show their blocks below it and are hardly larger above the other. */
const quality = { min: 50, max: 95 };
/** What a recipe may hold at most (shared/schema/recipe.ts). */
const recipeMost = { triangles: 20_000_000, textureSizePx: 16_384 };

/** Packings by what they save; those of one line save about the same. */
const packingSteps: readonly (readonly GeometryCompression[])[] = [['none'], ['quantized'], ['meshopt', 'draco']];

/** The packing as planned, then of each stronger step the first that the target reads. */
function packingsOf(profile: Profile, planned: GeometryCompression): GeometryCompression[] {
  const own = packingSteps.findIndex((step) => step.includes(planned));
  const stronger = packingSteps.slice(own + 1).flatMap((step) => {
    const read = step.find((packing) =>
      packingExtensions[packing].every((name) => profile.extensions.allowed.includes(name)),
    );
    return read === undefined ? [] : [read];
  });
  return [planned, ...stronger];
}

/** What the profile lets a setting reach: a hard limit, else its advice, else what a recipe may hold. */
function most(profile: Profile, names: readonly LimitName[], otherwise: number, planned: number): number {
  const limits = names.flatMap((name) => profile.limits[name] ?? []);
  const hard = limits.filter(({ severity }) => severity === 'hard').map(({ max }) => max);
  const advice = limits.filter(({ severity }) => severity === 'advice').map(({ max }) => max);
  return Math.floor(Math.max(planned, Math.min(otherwise, ...(hard.length > 0 ? hard : advice))));
}

/**
 * The range in which settings are sought: up to the profile’s limits, down to floors of our own below which a delivery is
 * worth nothing.
 *
 * @param from - where lowering begins: what the first round had, which may be less than what the plan allowed.
 */
export function settingsRange(profile: Profile, plan: TargetPlan, from: RoundSettings): SettingsRange {
  const { refine, convert } = plan;
  return {
    min: {
      triangles: Math.max(4, Math.ceil(from.triangles * triangleShareMin)),
      textureSizePx: Math.min(from.textureSizePx, texturePxMin),
      textureQuality: Math.min(from.textureQuality, quality.min),
    },
    max: {
      triangles: most(profile, ['triangles', 'trianglesPerMesh'], recipeMost.triangles, convert.triangles),
      textureSizePx: most(profile, ['textureSizePx'], recipeMost.textureSizePx, refine.textureSizePx),
      textureQuality: Math.max(convert.textureQuality, quality.max),
    },
    packings: packingsOf(profile, convert.geometryCompression),
  };
}

/** The settings that a plan begins with. */
export const plannedSettings = ({ refine, convert }: TargetPlan): RoundSettings => ({
  triangles: convert.triangles,
  textureSizePx: refine.textureSizePx,
  textureQuality: convert.textureQuality,
  geometryCompression: convert.geometryCompression,
});

/** The planned settings, where the file has less than they allow as what it has: lowering them to that changes nothing. */
export function effectiveSettings(plan: TargetPlan, first: GateRound): RoundSettings {
  const planned = plannedSettings(plan);
  const has = (measured: number | undefined, allowed: number): number => Math.min(allowed, measured || allowed);
  return {
    ...planned,
    triangles: Math.max(4, has(first.triangles, planned.triangles)),
    textureSizePx: Math.max(16, has(first.textureSizePx, planned.textureSizePx)),
  };
}
