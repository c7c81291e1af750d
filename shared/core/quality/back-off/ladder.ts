import type { GateRound, Profile, RoundSettings, TargetPlan } from '../../../schema/index.ts';
import type { Cure, Lever } from './cures.ts';
import { effectiveSettings, plannedSettings, type SettingsRange, settingsRange } from './settings-range.ts';

/** What the first round missed, by what cures it. */
export interface Ailment {
  readonly code: string;
  readonly cure: Cure;
}

interface Site {
  readonly range: SettingsRange;
  readonly from: RoundSettings;
  readonly first: GateRound;
  /** Levers that change nothing in this file: no textures, images that are kept as they are, a source without more. */
  readonly idle: (lever: Lever, direction: Cure['direction']) => boolean;
}

const triangleStep = Math.SQRT2;
const qualityStep = 2 ** 0.25;

/** The next value of one setting, or undefined at the end of its range. Equal steps in log scale; textures by powers of two. */
function move(lever: Lever, direction: Cure['direction'], now: RoundSettings, range: SettingsRange) {
  const down = direction === 'lower';
  const to = (value: number, key: 'triangles' | 'textureSizePx' | 'textureQuality') => {
    const bounded = Math.min(range.max[key], Math.max(range.min[key], value));
    return bounded === now[key] ? undefined : { ...now, [key]: bounded };
  };
  switch (lever) {
    case 'triangles':
      return to(Math.round(down ? now.triangles / triangleStep : now.triangles * triangleStep), lever);
    case 'textureSizePx': {
      const power = Math.log2(now.textureSizePx);
      return to(2 ** (down ? Math.ceil(power) - 1 : Math.floor(power) + 1), lever);
    }
    case 'textureQuality':
      return to(Math.round(down ? now.textureQuality / qualityStep : now.textureQuality * qualityStep), lever);
    case 'geometryCompression': {
      const stronger = range.packings[range.packings.indexOf(now.geometryCompression) + 1];
      return down && stronger !== undefined ? { ...now, geometryCompression: stronger } : undefined;
    }
  }
}

/** What packing makes of plain floats, roughly: it only decides which part of the file is looked at first. */
const packedShare = { none: 1, quantized: 0.5, meshopt: 0.25, draco: 0.2 } as const;

/** The levers of a file that is too large, best first: of its larger part, what costs the least in looks. */
function sizeLevers(now: RoundSettings, { from, first }: Site): Lever[] {
  const imageBytes = first.imageBytes ?? 0;
  const images =
    imageBytes * (now.textureSizePx / from.textureSizePx) ** 2 * (now.textureQuality / from.textureQuality);
  const packed = packedShare[now.geometryCompression] / packedShare[from.geometryCompression];
  const geometry = (first.sizeBytes - imageBytes) * (now.triangles / from.triangles) * packed;
  // Quality and size in turn: a step of quality takes about a sixth of the bytes, half the size three quarters.
  const halved = Math.round(Math.log2(from.textureSizePx / now.textureSizePx));
  const duller = Math.round(Math.log2(from.textureQuality / now.textureQuality) * 4);
  const ofImages: Lever[] =
    duller <= halved ? ['textureQuality', 'textureSizePx'] : ['textureSizePx', 'textureQuality'];
  const ofGeometry: Lever[] = ['geometryCompression', 'triangles'];
  return images > geometry ? [...ofImages, ...ofGeometry] : [...ofGeometry, ...ofImages];
}

/** One rung further on for one ailment: the first lever in its order that still moves. */
function stepFor({ code, cure }: Ailment, now: RoundSettings, turn: number, site: Site): RoundSettings | undefined {
  const { levers, direction } = cure;
  const inTurn = levers.map((_, i) => levers[(turn + i) % levers.length] as Lever);
  for (const lever of code === 'limit_size_bytes' ? sizeLevers(now, site) : inTurn) {
    if (!levers.includes(lever) || site.idle(lever, direction)) continue;
    const moved = move(lever, direction, now, site.range);
    if (moved) return moved;
  }
  return undefined;
}

/** Keeps so many of the rungs: every second one goes, from the far end on, where a step is felt least; both ends stay. */
function thin<T>(rungs: readonly T[], most: number): T[] {
  if (most < 2) return rungs.slice(-most);
  const kept = [...rungs];
  while (kept.length > most) for (let i = kept.length - 2; i > 0 && kept.length > most; i -= 2) kept.splice(i, 1);
  return kept;
}

function siteOf(profile: Profile, plan: TargetPlan, first: GateRound, raising: boolean): Site {
  // Raising begins at what was asked for; lowering at what the file has of it.
  const from = raising ? plannedSettings(plan) : effectiveSettings(plan, first);
  const untextured = first.textureSizePx === 0 || first.imageBytes === 0;
  const isShort = (measured: number | undefined, asked: number) => measured !== undefined && measured < asked * 0.95;
  return {
    from,
    first,
    range: settingsRange(profile, plan, from),
    idle(lever, direction) {
      if (lever === 'geometryCompression') return false;
      if (lever === 'triangles') return direction === 'raise' && isShort(first.triangles, plan.convert.triangles);
      if (untextured) return true;
      if (lever === 'textureQuality') return plan.convert.textureFormat === 'keep';
      return direction === 'raise' && isShort(first.textureSizePx, plan.refine.textureSizePx);
    },
  };
}

/**
 * The settings that can cure what the first round missed, in one line: rung 0 is the plan, each further rung is the one
 * before it with less (or, for fidelity, more) of something. Size, look and shape of the result change in one direction
 * along it, which is what a bisection needs. At most `most` rungs follow rung 0.
 */
export function ladderOf(
  first: GateRound,
  ailments: readonly Ailment[],
  { profile, plan, most }: { profile: Profile; plan: TargetPlan; most: number },
): RoundSettings[] {
  const raising = ailments.every(({ cure }) => cure.direction === 'raise');
  const site = siteOf(profile, plan, first, raising);
  const rungs: RoundSettings[] = [];
  let now = site.from;
  for (let turn = 0; ; turn++) {
    let next = now;
    for (const ailment of ailments) next = stepFor(ailment, next, turn, site) ?? next;
    if (next === now) break;
    rungs.push(next);
    now = next;
  }
  const planned = plannedSettings(plan);
  // What was not lowered stays as planned, so that its stages are found in the cache.
  const asPlanned = ({ triangles, textureSizePx, ...rest }: RoundSettings): RoundSettings => ({
    ...rest,
    triangles: triangles === site.from.triangles ? planned.triangles : triangles,
    textureSizePx: textureSizePx === site.from.textureSizePx ? planned.textureSizePx : textureSizePx,
  });
  return [planned, ...thin(rungs.map(asPlanned), most)];
}
