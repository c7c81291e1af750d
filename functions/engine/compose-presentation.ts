import { beforeAfterHtml } from '../../shared/core/quality/report/before-after-html.ts';
import type { Picture } from '../../shared/core/render/picture.ts';
import { pictureSheet } from '../../shared/core/render/picture-sheet.ts';
import { sha256Hex } from '../../shared/ids.ts';
import type { GatePicture, Presentation, PresentationLayout } from '../../shared/ports/index.ts';
import type { ReportPicture } from '../../shared/schema/index.ts';
import { sharp } from './images.ts';
import { sortShots } from './present-shots.ts';

const sheetColour = [240, 241, 243] as const;
const gapPx = 12;

/** One turn: with 36 frames steps of 10°, smooth enough to follow a detail around. */
const turnMs = 4000;

/** Pictures of one size as a WebP; more than one become an animation that goes on for ever. */
async function encode(frames: readonly Picture[], delayMs?: number): Promise<Uint8Array> {
  const { width, height } = frames[0]!;
  const data = Buffer.concat(frames.map((frame) => frame.data));
  const raw = { width, height: height * frames.length, channels: 4 as const };
  if (delayMs === undefined) return new Uint8Array(await sharp(data, { raw }).webp({ quality: 85 }).toBuffer());
  const delay = frames.map(() => delayMs);
  return new Uint8Array(
    await sharp(data, { raw: { ...raw, pageHeight: height } })
      .webp({ quality: 75, loop: 0, delay })
      .toBuffer(),
  );
}

/** Of `pairDirections`. */
const pairCaptions = [
  'From the front, to the right',
  'From the right, to the back',
  'From the back, to the left',
  'From the left, to the front',
];

type About = Pick<ReportPicture, 'name' | 'role' | 'caption'>;

const about = {
  thumbnail: { name: 'thumbnail', role: 'thumbnail', caption: 'The model' },
  turntable: { name: 'turntable', role: 'turntable', caption: 'Once around the model' },
  sides: { name: 'contact-sheet', role: 'sheet', caption: 'Front, right, back, left; two corners; above, below' },
  both: { name: 'before-after', role: 'sheet', caption: 'Upper row: the source; lower row: the delivered model' },
} as const satisfies Record<string, About>;

const sheetOf = (pictures: readonly Picture[]): Picture =>
  pictureSheet(pictures, { columns: 4, gapPx, colour: sheetColour });

/**
 * Makes what is shown of the drawn pictures of `presentShots`: WebP pictures, and with a source a page on which it is
 * laid over the model. Same pictures, same bytes.
 */
export async function composePresentation(
  drawn: readonly Picture[],
  { frames, shown, source }: PresentationLayout,
  driver: ReportPicture['driver'],
): Promise<Presentation> {
  const parts = sortShots(drawn, frames);
  const picture = async (what: About, of: readonly Picture[], delayMs?: number): Promise<GatePicture> => {
    const bytes = await encode(of, delayMs);
    const { width, height } = of[0]!;
    const meta: ReportPicture = {
      ...what,
      ...{ contentType: 'image/webp', widthPx: width, heightPx: height },
      ...{ sha256: sha256Hex(bytes), sizeBytes: bytes.byteLength, driver },
    };
    return { meta, bytes };
  };
  const pictures = [
    await picture(about.thumbnail, [parts.thumbnail]),
    await picture(about.turntable, parts.around, Math.round(turnMs / frames)),
    await picture(about.sides, [sheetOf(parts.sides)]),
  ];
  if (!source) return { pictures, page: undefined };
  pictures.push(await picture(about.both, [sheetOf([...parts.source, ...parts.shown])]));
  const pairs = await Promise.all(
    pairCaptions.map(async (caption, i) => ({
      caption,
      sizePx: parts.shown[i]!.width,
      source: await encode([parts.source[i]!]),
      shown: await encode([parts.shown[i]!]),
    })),
  );
  return { pictures, page: beforeAfterHtml({ source, shown, pairs, driver }) };
}
