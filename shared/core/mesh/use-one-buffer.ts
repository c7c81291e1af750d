import type { Document } from '@gltf-transform/core';

/** Puts all accessors into one buffer, as a GLB needs (glTF 2.0 section 4.4.3.3). Mutates the document. */
export function useOneBuffer(document: Document): void {
  const root = document.getRoot();
  const [first, ...others] = root.listBuffers();
  const buffer = first ?? document.createBuffer();
  for (const accessor of root.listAccessors()) accessor.setBuffer(buffer);
  for (const other of others) other.dispose();
  buffer.setURI('');
}
