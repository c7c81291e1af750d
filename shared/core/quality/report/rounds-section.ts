import type { GateRound } from '../../../schema/index.ts';
import { type Html, html } from './escape-html.ts';
import { formatBytes, formatNumber } from './number-words.ts';
import { verdictWords } from './verdict-section.ts';

function rowOf({ round, settings, verdict, codes, sizeBytes, triangles, flip }: GateRound): Html {
  const [word, sign] = verdictWords[verdict];
  return html`<tr>
<th scope="row" class="number">${round + 1}</th>
<td class="number">${formatNumber(settings.triangles)}</td>
<td class="number">${formatNumber(settings.textureSizePx)} px</td>
<td class="number">${settings.textureQuality}</td>
<td>${settings.geometryCompression}</td>
<td class="number">${formatNumber(triangles)}</td>
<td class="number">${formatBytes(sizeBytes)}</td>
<td class="number">${flip === undefined ? '' : formatNumber(Number(flip.toFixed(4)))}</td>
<td><span aria-hidden="true">${sign}</span> ${word}${codes.length > 0 ? html` <span class="codes">${codes.slice(0, 20).join(', ')}</span>` : undefined}</td>
</tr>
`;
}

/** The tries of the back-off loop, oldest first. */
export function roundsSection(rounds: readonly GateRound[] | undefined): Html | undefined {
  if (!rounds || rounds.length === 0) return undefined;
  return html`<section aria-labelledby="rounds">
<h2 id="rounds">History</h2>
<p>What was tried, and what came of it.</p>
<div class="wide" role="region" aria-label="History" tabindex="0"><table>
<thead><tr><th scope="col" class="number">Round</th><th scope="col" class="number">Triangles asked for</th><th scope="col" class="number">Texture size</th><th scope="col" class="number">Texture quality</th><th scope="col">Geometry</th><th scope="col" class="number">Triangles made</th><th scope="col" class="number">Size</th><th scope="col" class="number">FLIP</th><th scope="col">Verdict</th></tr></thead>
<tbody>
${rounds.map(rowOf)}</tbody>
</table></div>
</section>
`;
}
