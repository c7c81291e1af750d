import type { GateReport, Profile, ReportPicture, Verdict } from '../../../schema/index.ts';
import { type Html, html, shorten } from './escape-html.ts';
import type { PlacedPicture } from './fit-pictures.ts';
import { countOf, formatBytes, formatNumber } from './number-words.ts';

/** Each verdict in a word and a sign, so that it is not told by colour alone. */
export const verdictWords: Record<Verdict, readonly [word: string, sign: string]> = {
  accepted: ['Accepted', '✓'],
  repaired: ['Repaired and accepted', '✓'],
  rejected: ['Rejected', '✕'],
  needs_review: ['A person must look', '?'],
};

const severityCount = ({ findings }: GateReport, wanted: string): number =>
  findings.filter(({ severity }) => severity === wanted).length;

/** The verdict in one sentence. */
export function verdictSentence(report: GateReport, title: string): string {
  const errors = severityCount(report, 'error');
  const warnings = severityCount(report, 'warning');
  const also = warnings > 0 ? ` ${countOf(warnings, 'warning')} can be read below.` : '';
  const asked = `what ${title} asks for`;
  switch (report.verdict) {
    case 'accepted':
      return `The files hold to ${asked}.${also}`;
    case 'repaired':
      return `The first settings did not hold to ${asked}; with other settings the files do.${also}`;
    case 'rejected':
      return `${countOf(errors, 'error')} ${errors === 1 ? 'keeps' : 'keep'} the files from ${asked}.${also}`;
    case 'needs_review':
      return `The gate cannot decide alone: somebody must approve or refuse these files.${also}`;
  }
}

/** The longest name of a file, or the like, that is shown. */
const longestName = 200;

function fileRows(report: GateReport): Html[] {
  return report.files.map(
    ({ name, sha256, stats, splats }) => html`<tr>
<th scope="row"><bdi>${shorten(name, longestName)}</bdi></th>
<td class="number">${splats ? `${formatNumber(splats.splats)} splats` : formatNumber(stats.triangles)}</td>
<td class="number">${formatBytes(stats.sizeBytes)}</td>
<td class="hash"><code>${sha256}</code></td>
</tr>
`,
  );
}

/** The judged files and their hashes. */
export function filesSection(report: GateReport): Html {
  const source = report.fidelity?.sourceSha256;
  if (report.files.length === 0)
    return html`<p>No file could be opened, so nothing was measured.</p>
`;
  return html`<div class="wide" role="region" aria-label="Files" tabindex="0"><table class="files">
<thead><tr><th scope="col">File</th><th scope="col" class="number">Triangles</th><th scope="col" class="number">Size</th><th scope="col">SHA-256</th></tr></thead>
<tbody>
${fileRows(report)}${
  source === undefined
    ? undefined
    : html`<tr><th scope="row">source</th><td></td><td></td><td class="hash"><code>${source}</code></td></tr>
`
}</tbody>
</table></div>
`;
}

const thumbnailOf = (pictures: readonly PlacedPicture[]): PlacedPicture | undefined =>
  pictures.find(({ picture, uri }) => picture.role === ('thumbnail' satisfies ReportPicture['role']) && uri);

/** What a producer reads first. */
export function verdictSection(
  report: GateReport,
  profile: Profile,
  pictures: readonly PlacedPicture[],
  fileName: string | undefined,
): Html {
  const [word, sign] = verdictWords[report.verdict];
  const thumbnail = thumbnailOf(pictures);
  return html`<header class="verdict ${report.verdict}">
<div>
<p class="about">Quality report${fileName === undefined ? undefined : html` of <bdi>${shorten(fileName, longestName)}</bdi>`}</p>
<h1><span class="sign" aria-hidden="true">${sign}</span> ${word}</h1>
<p>${verdictSentence(report, profile.title)}</p>
<p class="about">Target: ${profile.title} (<code>${report.profile}</code>), rules of ${report.profileVersion}${report.policy && html`; policy of <code>${report.policy.of}</code>, last changed ${report.policy.since}`}</p>
</div>
${
  thumbnail &&
  html`<img id="${thumbnail.anchor}" src="${thumbnail.uri}" alt="${thumbnail.picture.caption}" width="${thumbnail.picture.widthPx}" height="${thumbnail.picture.heightPx}">
`
}</header>
`;
}
