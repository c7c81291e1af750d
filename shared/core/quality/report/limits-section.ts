import type { GateReport, Profile } from '../../../schema/index.ts';
import { type Html, html, shorten } from './escape-html.ts';
import { type LimitRow, limitRows } from './limit-rows.ts';

const results: Record<LimitRow['result'], readonly [word: string, sign: string]> = {
  passed: ['passed', '✓'],
  over: ['not held', '✕'],
  advice: ['better not', '!'],
  noted: ['noted', 'i'],
  off: ['off', '–'],
};

function rowOf({ rule, limit, measured, result, source }: LimitRow): Html {
  const [word, sign] = results[result];
  return html`<tr>
<th scope="row">${rule}</th>
<td>${limit}</td>
${measured.map(
  (cell) => html`<td class="cell">${cell}</td>
`,
)}
<td class="result ${result}"><span aria-hidden="true">${sign}</span> ${word}</td>
<td class="about source">${shorten(source, 300)}</td>
</tr>
`;
}

/** Every rule that was checked, also those that held. */
export function limitsSection(report: GateReport, profile: Profile): Html | undefined {
  const rows = limitRows(report, profile);
  if (rows.length === 0) return undefined;
  return html`<section aria-labelledby="limits">
<h2 id="limits">Everything that was checked</h2>
<p>Rules of ${profile.title}, measured on the files as a customer decodes them.</p>
<div class="wide" role="region" aria-label="Everything that was checked" tabindex="0"><table>
<thead><tr><th scope="col">Rule</th><th scope="col">Limit</th>${report.files.map(
    ({ name }) => html`<th scope="col" class="cell"><bdi>${shorten(name, 60)}</bdi></th>`,
  )}<th scope="col">Result</th><th scope="col">Who says so</th></tr></thead>
<tbody>
${rows.map(rowOf)}</tbody>
</table></div>
</section>
`;
}
