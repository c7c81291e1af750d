import { basename } from 'node:path';
import { localEngine, modelRenderer } from '../../functions/deps.ts';
import { AtlasError } from '../../shared/errors.ts';
import type { EngineTasks, ModelRenderer, Presentation, RenderedPicture } from '../../shared/ports/index.ts';
import type { ReportPicture } from '../../shared/schema/index.ts';
import { readLocalFile } from './read-local-file.ts';

/** What may be asked for: a renderer by name, or `auto`: Chromium where it works, otherwise the CPU. */
export const presentDrivers = ['auto', 'cpu', 'chromium'] as const;
export type PresentDriver = (typeof presentDrivers)[number];

export interface PresentFileOptions {
  /** What it was made of. */
  readonly sourcePath?: string | undefined;
  readonly driver?: PresentDriver;
  readonly renderer?: ModelRenderer;
  readonly signal?: AbortSignal | undefined;
  /** Of the turntable; 36 unless given. */
  readonly frames?: number;
  /** Side of the thumbnail, in pixels; 512 unless given. */
  readonly sizePx?: number;
}

export interface PresentedFile extends Presentation {
  readonly driver: ReportPicture['driver'];
  /** Why this driver, as a sentence without a full stop. */
  readonly reason: string;
}

const fullStop = /\.$/;
const splatsOnly = 'Gaussian splats are drawn on the CPU only';

/** The pictures of Chromium, or why there are none. @throws in the way of `ModelRenderer.draw`, and what reading the files throws */
async function drawnInChromium(
  renderer: ModelRenderer,
  stage: () => Promise<EngineTasks['stagePresentation']['output']>,
  signal: AbortSignal | undefined,
): Promise<{ drawn: RenderedPicture[]; layout: EngineTasks['composePresentation']['input']['layout'] }> {
  const lacking = renderer.missing();
  if (lacking) throw new AtlasError('renderer_unavailable', `${lacking.reason}. ${lacking.remedy}`);
  const { layout, views } = await stage();
  if (!views) throw new AtlasError('renderer_unavailable', `${splatsOnly}.`);
  return { layout, drawn: await renderer.draw(views, signal ? { signal } : {}) };
}

/**
 * Draws a local file, and the one that it was made of if there is one. With `auto`, whatever keeps Chromium from drawing
 * becomes the reason for which the CPU draws; with `chromium` it is an error.
 * @throws renderer_unavailable, work_timeout, cancelled; AtlasError why a file cannot be read
 */
export async function presentFile(path: string, options: PresentFileOptions = {}): Promise<PresentedFile> {
  const { sourcePath, driver = 'auto', renderer = modelRenderer(), signal, frames, sizePx } = options;
  const engine = localEngine(1);
  // The engine takes the bytes over: each task gets its own.
  const input = async (): Promise<EngineTasks['present']['input']> => {
    const read = async (one: string) => ({ bytes: await readLocalFile(one), fileName: basename(one) });
    const source = sourcePath === undefined ? undefined : await read(sourcePath);
    return { ...(await read(path)), source, frames, sizePx };
  };
  const within = signal ? { signal } : {};
  const onCpu = async (reason: string): Promise<PresentedFile> => ({
    ...(await engine.run('present', await input(), within)),
    ...{ driver: 'cpu', reason },
  });
  try {
    if (driver === 'cpu') return await onCpu('It was asked for');
    const lacking = renderer.missing();
    if (driver === 'auto' && lacking) return await onCpu(lacking.reason);
    const stage = async () => engine.run('stagePresentation', await input(), within);
    const { drawn, layout } = await drawnInChromium(renderer, stage, signal);
    const composed = await engine.run('composePresentation', { drawn, layout, driver: 'chromium' }, within);
    return { ...composed, driver: 'chromium', reason: driver === 'auto' ? 'It was found' : 'It was asked for' };
  } catch (thrown) {
    const ofRenderer = thrown instanceof AtlasError && ['renderer_unavailable', 'work_timeout'].includes(thrown.code);
    if (driver !== 'auto' || !ofRenderer) throw thrown;
    return await onCpu(thrown.message.replace(fullStop, ''));
  } finally {
    await engine.close();
  }
}
