import { sha256Hex } from '../../shared/ids.ts';
import type { EngineFile, EngineTask, EngineTasks } from '../../shared/ports/index.ts';

const file = (bytes: Uint8Array): EngineFile => ({ bytes, sha256: sha256Hex(bytes) });

const named = ({ bytes, fileName }: { bytes: Uint8Array; fileName: string | undefined }) => ({
  bytes,
  ...(fileName === undefined ? {} : { filename: fileName }),
});

type Tasks = { [T in EngineTask]: (input: EngineTasks[T]['input']) => Promise<EngineTasks[T]['output']> };

/** Each task loads its own code when it is first asked for: a gate needs no mesh simplifier. */
const tasks: Tasks = {
  async normalise({ bytes, fileName, recipe }) {
    const { normalise } = await import('./normalise.ts');
    const sourceSha256 = sha256Hex(bytes);
    const { glb, ...facts } = await normalise({
      bytes,
      recipe,
      ...(fileName === undefined ? {} : { filename: fileName }),
    });
    return { ...facts, sourceSha256, file: file(glb) };
  },
  async refine(input) {
    const { refine } = await import('./refine.ts');
    const { glb, changes } = await refine(input);
    return { file: file(glb), changes };
  },
  async convert(input) {
    const { convert } = await import('./convert.ts');
    const { files, changes } = await convert(input);
    return { changes, files: files.map(({ glb, ...facts }) => ({ ...facts, file: file(glb) })) };
  },
  async gate({ files, profile, triangles, viewSizePx, backOff, source }) {
    const [{ gateWithViews }, { decideRound, modelImageBytes }] = await Promise.all([
      import('./gate-with-views.ts'),
      import('./decide-round.ts'),
    ]);
    const imageBytes = modelImageBytes(files);
    const { report, pictures } = await gateWithViews({ files, profile, plan: { triangles }, source, viewSizePx });
    return { ...decideRound(report, { profile, imageBytes, backOff }), pictures };
  },
  async check({ bytes, fileName, profile }) {
    const { check } = await import('./check.ts');
    return check({ bytes, profile, ...(fileName === undefined ? {} : { filename: fileName }) });
  },
  async present(input) {
    const { present } = await import('./present.ts');
    return present(named(input), { ...input, source: input.source && named(input.source) });
  },
  async stagePresentation(input) {
    const { stagePresentation } = await import('./present.ts');
    return stagePresentation(named(input), { ...input, source: input.source && named(input.source) });
  },
  async composePresentation({ drawn, layout, driver }) {
    const { composePresentation } = await import('./compose-presentation.ts');
    return composePresentation(drawn, layout, driver);
  },
  async portray({ bytes, fileName, prompt, picturePx }) {
    const { portray } = await import('./portray.ts');
    return portray({ bytes, prompt, picturePx, ...(fileName === undefined ? {} : { filename: fileName }) });
  },
  async turnTable(input) {
    const { turnTable } = await import('./turn-table.ts');
    return turnTable(input);
  },
  async inspect({ bytes, fileName }) {
    const { inspect } = await import('./inspect.ts');
    return inspect({ bytes, ...(fileName === undefined ? {} : { filename: fileName }) });
  },
};

/** Runs one task of the engine by name. @throws AtlasError */
export function runTask<T extends EngineTask>(
  task: T,
  input: EngineTasks[T]['input'],
): Promise<EngineTasks[T]['output']> {
  return tasks[task](input);
}
