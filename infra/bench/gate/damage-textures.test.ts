import { Document } from '@gltf-transform/core';
import { expect, test } from '@jest/globals';
import { sharp } from '../../../functions/engine/images.ts';
import { damages } from './damage-textures.ts';

/** A document with one textured material: a picture of many colours, and a normal map. */
async function textured(): Promise<Document> {
  const width = 64;
  const data = Uint8Array.from({ length: width * width * 3 }, (_, i) => (i * 37 + ((i / 191) | 0) * 11) % 256);
  const image = new Uint8Array(
    await sharp(data, { raw: { width, height: width, channels: 3 } })
      .png()
      .toBuffer(),
  );
  const document = new Document();
  const texture = () => document.createTexture().setImage(image).setMimeType('image/png');
  document.createMaterial().setMetallicFactor(0).setBaseColorTexture(texture()).setNormalTexture(texture());
  return document;
}

async function told(document: Document): Promise<string> {
  const material = document.getRoot().listMaterials()[0]!;
  const image = material.getBaseColorTexture()?.getImage();
  const pixels = image && (await sharp(image).raw().toBuffer());
  const maps = [material.getNormalTexture() !== null, material.getMetallicFactor()];
  return JSON.stringify([pixels?.toString('base64'), ...maps]);
}

test.each(damages)('$name changes the material', async ({ damage }) => {
  const document = await textured();
  const before = await told(document);
  expect(await damage(document)).toBe(true);
  expect(await told(document)).not.toBe(before);
});

test('what has no texture cannot be damaged by one', async () => {
  const document = new Document();
  document.createMaterial();
  const done = await Promise.all(damages.map(({ damage }) => damage(document)));
  // Metal needs no texture.
  expect(done.filter(Boolean)).toHaveLength(1);
});
