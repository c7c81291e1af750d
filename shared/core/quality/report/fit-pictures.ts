import type { ReportPicture } from '../../../schema/index.ts';

/** A picture of the report, with what the page embeds of it. */
export interface PlacedPicture {
  readonly picture: ReportPicture;
  /** Fragment by which the page refers to it. */
  readonly anchor: string;
  /** As `data:` URI; undefined where its bytes were not given or would make the page too large. */
  readonly uri: string | undefined;
}

/** What must be seen comes first when not everything fits. */
const importance: readonly ReportPicture['role'][] = [
  'defect',
  'difference',
  'view',
  'source',
  'thumbnail',
  'uv',
  'wireframe',
  'turntable',
  'sheet',
];

/** The view that a picture belongs to: `view-03` of `view-03`, `view-03-source` and `view-03-flip`. */
export const viewOf = (name: string): string => name.replace(/-(source|flip|difference)$/, '');

const uriBytes = (bytes: Uint8Array, contentType: string): number =>
  'data:;base64,'.length + contentType.length + Math.ceil(bytes.byteLength / 3) * 4;

const asUri = (bytes: Uint8Array, contentType: string): string =>
  `data:${contentType};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}`;

/**
 * Turns pictures into data URIs, the important ones first, as long as they fit into `mostBytes` of the page; those of
 * `worstView` go before all others of their kind. The order of the answer is that of `pictures`.
 */
export function fitPictures(
  pictures: readonly ReportPicture[],
  bytesOf: ReadonlyMap<string, Uint8Array>,
  mostBytes: number,
  worstView: string | undefined,
): PlacedPicture[] {
  const rank = ({ name, role }: ReportPicture): number =>
    worstView !== undefined && viewOf(name) === viewOf(worstView) ? -1 : importance.indexOf(role);
  const uris = new Map<string, string>();
  let left = mostBytes;
  for (const { name, contentType } of [...pictures].sort((a, b) => rank(a) - rank(b))) {
    const bytes = bytesOf.get(name);
    const cost = bytes === undefined ? Infinity : uriBytes(bytes, contentType);
    if (bytes === undefined || cost > left || uris.has(name)) continue;
    left -= cost;
    uris.set(name, asUri(bytes, contentType));
  }
  return pictures.map((picture, i) => ({ picture, anchor: `picture-${i + 1}`, uri: uris.get(picture.name) }));
}
