import { splatRules } from '../../../shared/core/quality/checks/splat/splat-rules.ts';
import { drawSplatViews } from '../../../shared/core/quality/fidelity/draw-splat-views.ts';
import { judgeSplats } from '../../../shared/core/quality/judge-splats.ts';
import type { SplatCloud } from '../../../shared/core/render/splat-cloud.ts';
import { measureSplatFloaters } from '../../../shared/core/splat/measure-splat-floaters.ts';
import { measureSplats } from '../../../shared/core/splat/measure-splats.ts';
import { web } from '../../../shared/profiles/web.ts';
import type { CheckRule, Profile } from '../../../shared/schema/index.ts';
import { goodCloud } from '../../../shared/testing/defects/good-clouds.ts';
import type { Strength } from '../../../shared/testing/defects/inject-geometry.ts';
import type { Model } from '../../../shared/testing/defects/model.ts';
import { type SplatDefect, splatDefects } from '../../../shared/testing/defects/splat-defects.ts';
import { seededRandom } from '../../../shared/testing/seeded-pictures.ts';
import type { Judged } from './judge-mutations.ts';

/** The gate draws 512; shares of pixels hardly change with the size. */
const viewPx = 128;

const rule = (changes: Partial<CheckRule>): CheckRule => ({
  ...{ severity: 'info', source: 'Atlas', checked: '2026-11-25' },
  ...changes,
});

/** A target that takes splats. */
const judging: Profile = { ...web, checks: { splats_not_taken: rule({ severity: 'off' }) } };

/** Past every value: a profile by which each check states what it measured. */
const beyond = 1e12;
const measuring: Profile = {
  ...web,
  checks: Object.fromEntries(
    Object.entries(splatRules).map(([code, { fault }]) => [
      code,
      rule({ limit: fault === 'above' ? -beyond : beyond }),
    ]),
  ),
};

function judge(cloud: SplatCloud, about: Pick<Judged, 'model' | 'defect' | 'strength'>): Judged {
  const { views } = drawSplatViews(cloud, viewPx);
  const [measures, floaters] = [measureSplats(cloud), measureSplatFloaters(cloud)];
  const subject = { name: 'model', format: 'ply' as const, cloud, measures, floaters, views };
  const scores = judgeSplats(subject, measuring).map(({ code, measured = 0 }): [string, number] => {
    const below = (splatRules as Record<string, { fault: string }>)[code]?.fault === 'below';
    return [code, below ? -measured : measured];
  });
  return { ...about, findings: judgeSplats(subject, judging), scores: new Map(scores), validator: new Set() };
}

const seedOf = (text: string): number => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);

/** Judges a good cloud on the surface of a model, and the same with every defect at three strengths. */
export function judgeSplatMutations(model: Model): Judged[] {
  const cloud = goodCloud(model);
  const one = ({ name, inject }: SplatDefect, strength: Strength): Judged => {
    const changed = inject(cloud, strength, seededRandom(seedOf(`${model.name} ${name}`)));
    return judge(changed, { model: model.name, defect: name, strength });
  };
  return [
    judge(cloud, { model: model.name, defect: undefined, strength: 1 }),
    ...splatDefects.flatMap((defect) => ([0, 1, 2] as const).map((strength) => one(defect, strength))),
  ];
}
