import type { Fidelity, ReportPicture } from '../../../schema/index.ts';
import { type Html, html, shorten } from './escape-html.ts';
import { type PlacedPicture, viewOf } from './fit-pictures.ts';
import { formatNumber } from './number-words.ts';

/** Pictures of one view. */
interface View {
  readonly name: string;
  readonly delivered: PlacedPicture | undefined;
  readonly source: PlacedPicture | undefined;
  readonly difference: PlacedPicture | undefined;
}

const longestCaption = 300;

/** Groups what shows the same view; the worst view first, the others as they come. */
export function viewsOf(pictures: readonly PlacedPicture[], worstView: string | undefined): View[] {
  const names = new Set(
    pictures
      .filter(({ picture }) => ['view', 'source', 'difference'].includes(picture.role))
      .map(({ picture }) => viewOf(picture.name)),
  );
  const of = (name: string, role: ReportPicture['role']): PlacedPicture | undefined =>
    pictures.find(({ picture }) => picture.role === role && viewOf(picture.name) === name);
  const worst = worstView === undefined ? undefined : viewOf(worstView);
  return [...names]
    .sort((a, b) => Number(b === worst) - Number(a === worst))
    .map((name) => ({
      name,
      delivered: of(name, 'view'),
      source: of(name, 'source'),
      difference: of(name, 'difference'),
    }));
}

function image({ picture, uri }: PlacedPicture, about: string): Html {
  const { widthPx, heightPx, name } = picture;
  if (uri === undefined)
    return html`<p class="missing">Not in this page: see the picture ${shorten(name, 100)} beside it.</p>`;
  return html`<img src="${uri}" alt="${shorten(about, longestCaption)}" width="${widthPx}" height="${heightPx}">`;
}

const drawnBy: Record<ReportPicture['driver'], string> = {
  cpu: 'Drawn by the gate’s own renderer.',
  chromium: 'Drawn by three.js in Chromium.',
};

function figure(placed: PlacedPicture, className = ''): Html {
  const { caption, codes = [] } = placed.picture;
  return html`<figure id="${placed.anchor}" class="${className}">
${image(placed, caption)}
<figcaption>${shorten(caption, longestCaption)}${codes.length > 0 ? html` <span class="codes">${codes.slice(0, 10).join(', ')}</span>` : undefined}</figcaption>
</figure>
`;
}

/** Source beside delivery. The script of the page lays them over each other with a slider; without it both are seen. */
function pair({ name, delivered, source }: View): Html | undefined {
  if (!delivered || !source) return (delivered ?? source) && figure((delivered ?? source)!);
  const both = delivered.uri !== undefined && source.uri !== undefined;
  return html`<figure class="${both ? 'pair' : 'halves'}" data-label="Where the source ends and the delivery begins, ${shorten(name, 100)}">
<div class="stage">
<div class="half before" id="${source.anchor}">${image(source, `Source: ${source.picture.caption}`)}<span class="tag">source</span></div>
<div class="half after" id="${delivered.anchor}">${image(delivered, `Delivered: ${delivered.picture.caption}`)}<span class="tag">delivered</span></div>
</div>
<figcaption>${shorten(delivered.picture.caption, longestCaption)}</figcaption>
</figure>
`;
}

const group = (title: string, figures: readonly (Html | undefined)[]): Html | undefined =>
  figures.length === 0
    ? undefined
    : html`<h3>${title}</h3>
<div class="gallery">
${figures}</div>
`;

/** Evidence: defects, the worst view with its differences, the other views, mesh and texture. */
export function picturesSection(pictures: readonly PlacedPicture[], fidelity: Fidelity | undefined): Html | undefined {
  const shown = pictures.filter(({ picture, uri }) => picture.role !== 'thumbnail' || !uri);
  if (pictures.length === 0) return undefined;
  const ofRole = (...roles: ReportPicture['role'][]): Html[] =>
    shown.filter(({ picture }) => roles.includes(picture.role)).map((placed) => figure(placed));
  const figuresOf = (view: View): Html[] =>
    [pair(view), view.difference && figure(view.difference)].filter((part) => part !== undefined);
  const views = viewsOf(shown, fidelity?.worstView).map(figuresOf);
  // Without a source no view is worse than another.
  const [worst = [], ...others] = fidelity ? views : [];
  const rest = fidelity ? others.flat() : views.flat();
  const drivers = [...new Set(pictures.map(({ picture }) => picture.driver))];
  const missing = pictures.filter(({ uri }) => uri === undefined).length;
  return html`<section aria-labelledby="pictures">
<h2 id="pictures">Pictures</h2>
${group('Defects, marked', ofRole('defect'))}${group('Where the delivery differs most from its source', worst)}${group(fidelity ? 'Other views' : 'The model', rest)}${group('Mesh and texture layout', ofRole('wireframe', 'uv'))}${group('Presentation', ofRole('turntable', 'sheet', 'thumbnail'))}<p class="about">${drivers.map((driver) => drawnBy[driver]).join(' ')}${missing > 0 ? ` ${formatNumber(missing)} of ${pictures.length} pictures did not fit in.` : ''}</p>
</section>
`;
}
