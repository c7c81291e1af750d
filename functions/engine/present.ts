import { gateLight, placeLights } from '../../shared/core/render/light-rig.ts';
import type { Picture } from '../../shared/core/render/picture.ts';
import type { ModelView, Presentation, PresentationLayout, StagedPresentation } from '../../shared/ports/index.ts';
import { composePresentation } from './compose-presentation.ts';
import { presentShots, type Shot } from './present-shots.ts';
import { backdrop, openSubject, type PresentedFile, type Subject } from './present-subject.ts';

export interface PresentOptions {
  /** What it was made of, for a sheet and a page of both. */
  readonly source?: PresentedFile | undefined;
  /** Of the turntable. */
  readonly frames?: number | undefined;
  /** Side of the thumbnail and of the pictures that are set against the source; others are smaller. */
  readonly sizePx?: number | undefined;
}

interface Opened {
  readonly subjects: { readonly shown: Subject; readonly source: Subject | undefined };
  readonly shots: readonly Shot[];
  readonly layout: PresentationLayout;
}

async function open(file: PresentedFile, options: PresentOptions): Promise<Opened> {
  const { frames = 36, sizePx = 512 } = options;
  const shown = await openSubject(file);
  const source = options.source && (await openSubject(options.source));
  return {
    subjects: { shown, source },
    shots: presentShots(shown.bounds, { frames, sizePx, hasSource: source !== undefined }),
    layout: { frames, shown: shown.facts, source: source?.facts },
  };
}

/** Draws shots in their order; those of one subject and size together, which share memory. */
function drawAll({ subjects, shots }: Opened): Picture[] {
  const drawn: Picture[] = [];
  for (let at = 0; at < shots.length; at = drawn.length) {
    const { of, sizePx } = shots[at]!;
    const end = shots.findIndex((shot, i) => i > at && (shot.of !== of || shot.sizePx !== sizePx));
    const run = shots.slice(at, end < 0 ? undefined : end);
    drawn.push(
      ...subjects[of]!.draw(
        run.map(({ camera }) => camera),
        sizePx,
      ),
    );
  }
  return drawn;
}

/**
 * Pictures to show a model with, as WebP, drawn on the CPU: a thumbnail, a turntable (36 frames, one turn in 4 s), a
 * sheet of eight sides, and, with a source, a sheet and a page of both. Any file that is taken as a source, and Gaussian
 * splats in a PLY. Same files, same bytes.
 * @throws what reading a source or a cloud of splats throws
 */
export async function present(file: PresentedFile, options: PresentOptions = {}): Promise<Presentation> {
  const opened = await open(file, options);
  return composePresentation(drawAll(opened), opened.layout, 'cpu');
}

function viewOf({ of, camera, sizePx }: Shot): ModelView {
  const { sky, ground, reflections } = gateLight;
  const lights = [...placeLights(gateLight, camera).lights];
  return { model: of === 'shown' ? 0 : 1, camera, sizePx, light: { sky, ground, reflections, lights } };
}

/**
 * What another renderer needs to draw the same pictures from the same places in the same light. Undefined `views` where
 * one of the files is a cloud of splats.
 * @throws what reading a source throws
 */
export async function stagePresentation(
  file: PresentedFile,
  options: PresentOptions = {},
): Promise<StagedPresentation> {
  const { subjects, shots, layout } = await open(file, options);
  const models = [subjects.shown, subjects.source].filter((one) => one !== undefined).map(({ glb }) => glb);
  const surfaces = models.filter((glb) => glb !== undefined);
  if (surfaces.length < models.length) return { layout, views: undefined };
  return { layout, views: { models: surfaces, views: shots.map(viewOf), background: backdrop } };
}
