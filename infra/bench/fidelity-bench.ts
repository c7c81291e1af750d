import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from '@gltf-transform/core';
import { convert } from '../../functions/engine/convert.ts';
import { normalise } from '../../functions/engine/normalise.ts';
import { refine } from '../../functions/engine/refine.ts';
import { viewScene } from '../../functions/engine/view-scene.ts';
import { readGlb } from '../../shared/core/format/gltf-io.ts';
import type { SourceViews } from '../../shared/core/quality/fidelity/compare-scenes.ts';
import { compareView } from '../../shared/core/quality/fidelity/compare-view.ts';
import { drawViews } from '../../shared/core/quality/fidelity/draw-views.ts';
import { poolFidelity } from '../../shared/core/quality/fidelity/pool-fidelity.ts';
import { boundsOf, gateViews } from '../../shared/core/render/orbit-views.ts';
import { mobileAr } from '../../shared/profiles/mobile-ar.ts';
import { robloxMesh } from '../../shared/profiles/roblox-mesh.ts';
import { web } from '../../shared/profiles/web.ts';
import { DispatchRecipe, type Fidelity, usualViewPx } from '../../shared/schema/index.ts';
import { damages } from './gate/damage-textures.ts';

/** What six of the twelve views say of one delivery, honest or damaged. */
export interface Compared {
  readonly model: string;
  /** A target, or what was damaged. */
  readonly how: string;
  readonly honest: boolean;
  readonly psnrDb: number;
  readonly ssim: number;
  readonly flip: number;
  readonly silhouetteIou: number;
}

/** The largest and the smallest of the deliveries: the others are between them. */
const targets = [web, mobileAr, robloxMesh];

/** Larger models take minutes each and tell the same. */
const most = { triangles: 60_000, textureSizePx: 2048 };

/** Every second view of the gate: the means hardly change, and the bench takes half the time. */
const viewStep = 2;

/** Pictures without any difference, in decibels. */
const equalDb = 99;

type Seen = Pick<SourceViews, 'cameras' | 'views'>;

async function compare(document: Document, source: Seen): Promise<Fidelity> {
  const { scene } = await viewScene(document);
  const views = drawViews(scene, source.cameras, usualViewPx);
  const comparisons = source.views.map((view, i) => compareView(view, views[i]!));
  const surfaces = { distanceMaxShare: 0, distanceRmsShare: 0, normalDeviationDeg: undefined };
  return poolFidelity('0'.repeat(64), { views, sides: [], comparisons, surfaces });
}

/** Every delivery by defaults, and every damage of the master, of one textured file; nothing for others. */
async function compareAll(path: string, model: string): Promise<Compared[]> {
  const bytes = new Uint8Array(readFileSync(path));
  const { glb, stats } = await normalise({ bytes, recipe: DispatchRecipe.parse({}) });
  if (stats.textures === 0 || stats.triangles > most.triangles || stats.textureSizePx > most.textureSizePx) return [];
  const { scene } = await viewScene(await readGlb(glb));
  const cameras = gateViews(boundsOf(scene.positions)).filter((_, i) => i % viewStep === 0);
  const source: Seen = { cameras, views: drawViews(scene, cameras, usualViewPx) };
  const row = (how: string, honest: boolean, { psnrDb, ssim, flip, silhouetteIou }: Fidelity): Compared => ({
    ...{ model, how, honest, psnrDb: psnrDb ?? equalDb, ssim, flip, silhouetteIou },
  });
  const rows: Compared[] = [];
  for (const { id, defaults, imageTypes } of targets) {
    const refined = await refine({ glb, recipe: defaults.refine, imageTypes: imageTypes.allowed });
    const { files } = await convert({ glb: refined.glb, recipe: { ...defaults.convert, lods: [] } });
    rows.push(row(id, true, await compare(await readGlb(files[0]!.glb), source)));
  }
  for (const { name, damage } of damages) {
    const document = await readGlb(glb);
    if (await damage(document)) rows.push(row(name, false, await compare(document, source)));
  }
  return rows;
}

/** Compares deliveries and damages of the textured GLBs of the folder `ATLAS_ASSETS`; empty without it. */
export async function fidelityBench(tell: (line: string) => void): Promise<Compared[]> {
  const folder = process.env.ATLAS_ASSETS;
  if (!folder || !existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.glb') && !name.startsWith('broken'));
  const rows: Compared[] = [];
  for (const name of names.sort()) {
    const own = await compareAll(join(folder, name), name);
    rows.push(...own);
    tell(`fidelity: ${name}, ${own.length} comparisons`);
  }
  return rows;
}

const range = (values: readonly number[], digits: number): string => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1] ?? 0;
  return `${sorted[0]!.toFixed(digits)}–${middle.toFixed(digits)}–${sorted.at(-1)!.toFixed(digits)}`;
};

/** One row a target and a damage: lowest, median and highest of each measure over the models. */
export function fidelityTable(rows: readonly Compared[]): string {
  if (rows.length === 0) return 'ATLAS_ASSETS names no folder of raw files: fidelity was not measured.\n';
  const models = new Set(rows.map(({ model }) => model)).size;
  return [
    `### Fidelity: deliveries by defaults and damaged textures, ${models} textured models, six views of ${usualViewPx} px`,
    '',
    'Lowest–median–highest over the models. Deliveries are honest, the others are not.',
    '',
    '| | models | FLIP | SSIM | PSNR, dB | outlines |',
    '| --- | --- | --- | --- | --- | --- |',
    ...[...new Set(rows.map(({ how }) => how))].map((how) => {
      const own = rows.filter((one) => one.how === how);
      const cells = [
        range(
          own.map(({ flip }) => flip),
          3,
        ),
        range(
          own.map(({ ssim }) => ssim),
          3,
        ),
        range(
          own.map(({ psnrDb }) => psnrDb),
          1,
        ),
        range(
          own.map(({ silhouetteIou }) => silhouetteIou),
          3,
        ),
      ];
      return `| ${own[0]!.honest ? `**${how}**` : how} | ${own.length} | ${cells.join(' | ')} |`;
    }),
    '',
  ].join('\n');
}

/** Keeps the table beside that of the gate: measures, unlike times, are the same everywhere. */
export function keepFidelityTable(table: string): void {
  const folder = join('infra', 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'fidelity.md'), table);
}
