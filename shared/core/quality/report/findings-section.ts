import type { Finding } from '../../../schema/index.ts';
import { type CheckCode, type CheckDefault, checkRules } from '../checks/check-rules.ts';
import { type Html, html, shorten } from './escape-html.ts';
import type { PlacedPicture } from './fit-pictures.ts';
import { formatMeasure, formatNumber, formatPercent } from './number-words.ts';

const longestText = 1000;

/** Of the page, for all findings: far more than is read, far less than the page may hold. */
const mostCharacters = 600_000;

const groups = [
  ['error', 'Errors', 'Each of them alone keeps the files from being delivered.'],
  ['warning', 'Warnings', 'They can be delivered so; it is better to know.'],
  ['info', 'Notes', 'For your information.'],
] as const;

const bytesCode = /^limit_.*bytes$/;

const ruleOfCode = (code: string): CheckDefault | undefined =>
  Object.hasOwn(checkRules, code) ? checkRules[code as CheckCode] : undefined;

/** A value in the unit that the code of its finding stands for. */
function inWords(code: string, value: number): string {
  if (code === 'limit_texture_memory_bytes') return formatMeasure('textureMemoryBytes', value);
  if (bytesCode.test(code)) return formatMeasure('sizeBytes', value);
  return ruleOfCode(code)?.unit.startsWith('share') ? formatPercent(value) : formatNumber(value);
}

function limitInWords({ code, limit }: Finding): string {
  if (limit === undefined) return '';
  return `${ruleOfCode(code)?.fault === 'below' ? 'at least ' : ''}${inWords(code, limit)}`;
}

function row(finding: Finding, pictures: readonly PlacedPicture[]): Html {
  const { code, file, pointer, message, remedy, source } = finding;
  const shown = pictures.filter(({ picture, uri }) => uri && picture.codes?.includes(code));
  const links = shown.map(({ picture, anchor }) => html` <a href="#${anchor}">Picture: ${picture.caption}</a>`);
  return html`<tr>
<td><p class="message">${shorten(message, longestText)}</p><p class="about"><code>${code}</code> in <bdi>${shorten(file, 200)}</bdi>${
    pointer === undefined ? undefined : html` at <code>${shorten(pointer, 200)}</code>`
  }${links}</p>${finding.review && html`<p class="about">A person has to decide on it.</p>`}${source === undefined ? undefined : html`<p class="about">Rule: ${shorten(source, 300)}</p>`}</td>
<td class="number">${finding.measured === undefined ? '' : inWords(code, finding.measured)}</td>
<td class="number">${limitInWords(finding)}</td>
<td>${shorten(remedy ?? '', longestText)}</td>
</tr>
`;
}

/** As many rows as fit, and how many did not. */
function rowsWithin(
  findings: readonly Finding[],
  pictures: readonly PlacedPicture[],
  budget: { characters: number },
): { rows: Html[]; left: number } {
  const rows: Html[] = [];
  for (const finding of findings) {
    const next = row(finding, pictures);
    if (next.text.length > budget.characters) break;
    budget.characters -= next.text.length;
    rows.push(next);
  }
  return { rows, left: findings.length - rows.length };
}

/** Tables of the findings by severity, the worst first. */
export function findingsSection(findings: readonly Finding[], pictures: readonly PlacedPicture[]): Html {
  const budget = { characters: mostCharacters };
  const tables = groups.map(([severity, title, meaning]) => {
    const own = findings.filter((finding) => finding.severity === severity);
    if (own.length === 0) return undefined;
    const { rows, left } = rowsWithin(own, pictures, budget);
    return html`<h3 class="${severity}">${formatNumber(own.length)} ${own.length === 1 ? title.slice(0, -1) : title}</h3>
<p>${meaning}</p>
<div class="wide" role="region" aria-label="${title}" tabindex="0"><table class="findings">
<thead><tr><th scope="col">What was found</th><th scope="col" class="number">Measured</th><th scope="col" class="number">Limit</th><th scope="col">What to do</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
${
  left > 0
    ? html`<p>${formatNumber(left)} more stand in report.json.</p>
`
    : undefined
}`;
  });
  return html`<section aria-labelledby="findings">
<h2 id="findings">Findings</h2>
${
  findings.length > 0
    ? tables
    : html`<p>Nothing was found.</p>
`
}</section>
`;
}
