import type { Fidelity, Profile } from '../../../schema/index.ts';
import { type Html, html } from './escape-html.ts';
import { formatNumber, formatPercent } from './number-words.ts';

interface Row {
  readonly what: string;
  readonly value: string;
  readonly limit: string;
  readonly meaning: string;
}

/** Each number of the comparison with the sentence that makes it readable. */
function rowsOf(fidelity: Fidelity, limits: Profile['fidelity']): Row[] {
  const { psnrDb, ssim, flip, silhouetteIou, distanceMaxShare, distanceRmsShare, normalDeviationDeg } = fidelity;
  const atMost = (value: number | undefined, format: (value: number) => string): string =>
    value === undefined ? '' : `at most ${format(value)}`;
  const least = limits?.silhouetteIouMin;
  const normal: Row[] =
    normalDeviationDeg === undefined
      ? []
      : [
          {
            what: 'Direction of the surface',
            value: `${formatNumber(normalDeviationDeg)}°`,
            limit: '',
            meaning: 'Angle between both surfaces at the same place, in the middle; large angles shade differently.',
          },
        ];
  return [
    {
      what: 'Perceived difference (FLIP)',
      value: formatNumber(Number(flip.toFixed(4))),
      limit: atMost(limits?.flipMax, formatNumber),
      meaning: 'What an eye notices when both pictures alternate: 0 is nothing, 1 is everything.',
    },
    {
      what: 'Outline (IoU)',
      value: formatPercent(silhouetteIou),
      limit: least === undefined ? '' : `at least ${formatPercent(least)}`,
      meaning: 'How far both outlines cover each other in the worst view; 100 % is the same outline.',
    },
    {
      what: 'Structure (SSIM)',
      value: formatNumber(Number(ssim.toFixed(4))),
      limit: '',
      meaning: 'How much of the pattern of light and dark is kept; 1 is all of it.',
    },
    {
      what: 'Noise (PSNR)',
      value: psnrDb === null ? 'none' : `${formatNumber(Number(psnrDb.toFixed(2)))} dB`,
      limit: '',
      meaning: 'How small the differences of the pixels are; more is better, and 6 dB more halves them.',
    },
    {
      what: 'Largest distance of the surfaces',
      value: formatPercent(distanceMaxShare),
      limit: atMost(limits?.distanceMaxShare, formatPercent),
      meaning: 'The farthest that one surface is from the other anywhere, as a share of the model’s diagonal.',
    },
    {
      what: 'Usual distance of the surfaces',
      value: formatPercent(distanceRmsShare),
      limit: '',
      meaning: 'The same on average (root of the mean square).',
    },
    ...normal,
  ];
}

/** How far the delivery is from its source, in words. */
export function fidelitySection(fidelity: Fidelity | undefined, limits: Profile['fidelity']): Html | undefined {
  if (!fidelity) return undefined;
  return html`<section aria-labelledby="fidelity">
<h2 id="fidelity">Likeness to the source</h2>
<p>Both models were drawn from ${fidelity.views} sides at ${fidelity.sizePx} × ${fidelity.sizePx} pixels and compared where either is seen, and their surfaces were measured against each other.</p>
<div class="wide" role="region" aria-label="Likeness to the source" tabindex="0"><table>
<thead><tr><th scope="col">Measure</th><th scope="col" class="number">Value</th><th scope="col">Limit</th><th scope="col">What it says</th></tr></thead>
<tbody>
${rowsOf(fidelity, limits).map(
  ({ what, value, limit, meaning }) =>
    html`<tr><th scope="row">${what}</th><td class="number">${value}</td><td>${limit}</td><td>${meaning}</td></tr>
`,
)}</tbody>
</table></div>
</section>
`;
}
