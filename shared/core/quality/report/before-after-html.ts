import type { ReportPicture } from '../../../schema/index.ts';
import { Html, html, shorten } from './escape-html.ts';
import { formatBytes, formatNumber } from './number-words.ts';
import { pagePolicy } from './page-policy.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';

/** A file as the page tells of it. */
export interface ComparedFile {
  readonly fileName?: string | undefined;
  readonly sizeBytes: number;
  readonly triangles?: number;
  readonly splats?: number;
}

/** Source and model from one side, as WebP of one size. */
export interface ComparedSide {
  readonly caption: string;
  readonly sizePx: number;
  readonly source: Uint8Array;
  readonly shown: Uint8Array;
}

export interface BeforeAfterPage {
  readonly source: ComparedFile;
  readonly shown: ComparedFile;
  readonly pairs: readonly ComparedSide[];
  readonly driver: ReportPicture['driver'];
}

/** Larger pictures than a report has: two beside each other. */
const style = `${pageStyle}
.gallery { grid-template-columns: repeat(auto-fill, minmax(min(28rem, 100%), 1fr)); }
.fact { margin: .2rem 0; }
main { margin-top: 1rem; }
@media print { .gallery { grid-template-columns: repeat(2, 1fr); } .pair { grid-column: span 1; } }
`;

const drawnBy: Record<ReportPicture['driver'], string> = {
  cpu: 'Drawn by the renderer of the Atlas gate.',
  chromium: 'Drawn by three.js in Chromium.',
};

const longestName = 120;

const nameOf = ({ fileName }: ComparedFile, otherwise: string): string => shorten(fileName ?? otherwise, longestName);

const countOf = ({ triangles, splats }: ComparedFile): string =>
  triangles === undefined ? `${formatNumber(splats ?? 0)} splats` : `${formatNumber(triangles)} triangles`;

const line = (what: string, file: ComparedFile, otherwise: string): Html =>
  html`<p class="fact"><b>${what}:</b> <bdi>${nameOf(file, otherwise)}</bdi>, ${countOf(file)}, ${formatBytes(file.sizeBytes)}</p>
`;

const image = (bytes: Uint8Array, about: string, sizePx: number): Html =>
  html`<img src="data:image/webp;base64,${Buffer.from(bytes).toString('base64')}" alt="${about}" width="${sizePx}" height="${sizePx}">`;

const pair = ({
  caption,
  sizePx,
  source,
  shown,
}: ComparedSide): Html => html`<figure class="pair" data-label="Where the source ends and the delivery begins: ${caption}">
<div class="stage">
<div class="half before">${image(source, `Source. ${caption}`, sizePx)}<span class="tag">source</span></div>
<div class="half after">${image(shown, `Delivered. ${caption}`, sizePx)}<span class="tag">delivered</span></div>
</div>
<figcaption>${caption}</figcaption>
</figure>
`;

/**
 * A model laid over its source from several sides, with a slider each, as one page of HTML that needs no network; on
 * paper and without scripts they stand side by side. Same input, same bytes.
 */
export function beforeAfterHtml({ source, shown, pairs, driver }: BeforeAfterPage): string {
  const title = `Before and after: ${nameOf(shown, 'the model')}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${pagePolicy(style, pageScript)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<h1>Before and after</h1>
<p>Move the line in a picture: left of it is the source, right of it the delivered model, both at the same scale.</p>
${line('Source', source, 'the source')}${line('Delivered', shown, 'the model')}<main class="gallery">
${pairs.map(pair)}</main>
<footer><p class="about">${drawnBy[driver]} This page holds everything that it shows and loads nothing.</p></footer>
<script>${new Html(pageScript)}</script>
</body>
</html>
`.text;
}
