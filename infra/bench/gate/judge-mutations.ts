import { openFile } from '../../../functions/engine/gate.ts';
import { sharp } from '../../../functions/engine/images.ts';
import { type CheckDefault, checkRules } from '../../../shared/core/quality/checks/check-rules.ts';
import type { GateFile } from '../../../shared/core/quality/gate-file.ts';
import { judgeFiles } from '../../../shared/core/quality/judge-files.ts';
import type { ColourReport } from '../../../shared/core/quality/measure-base-colours.ts';
import type { Picture } from '../../../shared/core/quality/metrics/picture.ts';
import { web } from '../../../shared/profiles/web.ts';
import { type Finding, LimitName, type Profile } from '../../../shared/schema/index.ts';
import type { Defect } from '../../../shared/testing/defects/defects.ts';
import type { Strength } from '../../../shared/testing/defects/inject-geometry.ts';
import { type Model, trianglesOf } from '../../../shared/testing/defects/model.ts';
import { modelWriter } from '../../../shared/testing/defects/model-glb.ts';
import { seededRandom } from '../../../shared/testing/seeded-pictures.ts';

/** What the gate says of one model, good or with one defect. */
export interface Judged {
  readonly model: string;
  /** `undefined` for a good model. */
  readonly defect: string | undefined;
  readonly strength: Strength;
  /** Findings of the real gate. */
  readonly findings: readonly Finding[];
  /** By code: how far a value is towards a fault, found or not; more is worse. */
  readonly scores: ReadonlyMap<string, number>;
  /** Codes that gltf-validator alone gives, of any severity. */
  readonly validator: ReadonlySet<string>;
}

/** The web target by the defaults of the checks, not by its own rules for them. */
const judging: Profile = { ...web, checks: {} };

/** Past every value: a profile by which each check states what it measured. */
const beyond = 1e12;
const rules: Readonly<Record<string, CheckDefault>> = checkRules;
const measuring: Profile = {
  ...web,
  limits: Object.fromEntries(
    LimitName.options.map((name) => [name, { max: 0, severity: 'advice', source: 'Atlas', checked: '2026-11-25' }]),
  ),
  checks: Object.fromEntries(
    Object.entries(rules).map(([code, { fault }]) => [
      code,
      { severity: 'info', limit: fault === 'above' ? -beyond : beyond, source: 'Atlas', checked: '2026-11-25' },
    ]),
  ),
};

/** A value beside its limit, more than 1 past it; where the limit is 0 the value itself. */
function scoreOf({ code, measured = 1, limit = 0 }: Finding): number {
  const rule = rules[code];
  if (!rule) return measured / (limit || 1);
  const own = rule.limit * (Math.abs(limit) / beyond);
  if (rule.fault === 'below') return own / Math.max(measured, 1e-9);
  return own === 0 ? measured : measured / own;
}

function scoresOf(file: GateFile, triangles: number): Map<string, number> {
  const scores = new Map<string, number>();
  // A budget that every model exceeds, in proportion to its own.
  for (const finding of judgeFiles({ profile: measuring, files: [file], triangles: triangles / 1e6 })) {
    scores.set(finding.code, Math.max(scores.get(finding.code) ?? -Infinity, scoreOf(finding)));
  }
  return scores;
}

/** PNG of RGBA8, without alpha. */
export const encodePng = async ({ width, height, data }: Picture): Promise<Uint8Array> =>
  sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .png({ compressionLevel: 1 })
    .toBuffer();

/** One seed for all strengths: a stronger defect is at the same place. */
const seedOf = (text: string): number => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);

/** Defects that leave the pixels of textures alone. */
const ofForm: ReadonlySet<string | undefined> = new Set(['geometry', 'placement', 'uv', 'file']);

/**
 * Judges models by the real gate. Images that they share are encoded once, and textures that a defect leaves alone are
 * measured once, on the good model, when that was judged before.
 */
export function mutationJudge(): (model: Model, defect?: Defect, strength?: Strength) => Promise<Judged> {
  const write = modelWriter(encodePng);
  const measured = new Map<string, ColourReport>();
  return async (model, defect, strength = 1) => {
    const random = seededRandom(seedOf(`${model.name} ${defect?.name}`));
    const changed = defect ? defect.inject(model, strength, random) : model;
    const written = await write(changed);
    const glb = defect?.corrupt?.(written, strength) ?? written;
    const known = ofForm.has(defect?.family) ? measured.get(model.name) : undefined;
    const opened = await openFile('model', glb, known === undefined);
    const file = known ? { ...opened, colours: known } : opened;
    if (!defect) measured.set(model.name, file.colours);
    const triangles = trianglesOf(model);
    return {
      model: model.name,
      defect: defect?.name,
      strength,
      findings: judgeFiles({ profile: judging, files: [file], triangles }),
      scores: scoresOf(file, triangles),
      validator: new Set(file.validation.messages.map(({ code }) => code)),
    };
  };
}
