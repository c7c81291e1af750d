import { expect, test } from '@jest/globals';
import { AtlasError } from '../../shared/errors.ts';
import { DispatchRecipe } from '../../shared/schema/index.ts';
import { brokenFiles } from '../../shared/testing/broken-files.ts';
import { normalise } from './normalise.ts';

const refusal = async (bytes: Uint8Array, filename: string): Promise<unknown> =>
  normalise({ bytes, filename, recipe: DispatchRecipe.parse({}) }).then(
    () => 'was read',
    (error: unknown) => error,
  );

test.each(brokenFiles)('%s is refused', async (_, filename, bytes, code, pointer) => {
  const error = await refusal(bytes(), filename);
  expect(error).toBeInstanceOf(AtlasError);
  const { code: found, pointer: place, message } = error as AtlasError;
  expect({ found, message }).toEqual({ found: code, message });
  if (pointer !== undefined) expect(place).toBe(pointer);
  expect(message.length).toBeLessThan(400);
});

test('no two broken files have one name', () => {
  const names = brokenFiles.map(([name]) => name);
  expect(names).toEqual([...new Set(names)]);
});
