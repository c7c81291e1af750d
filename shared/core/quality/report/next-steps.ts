import type { Finding, GateReport } from '../../../schema/index.ts';
import { type Html, html, shorten } from './escape-html.ts';

/** A remedy, and the findings that it answers. */
export interface Step {
  readonly remedy: string;
  readonly codes: readonly string[];
}

/** More are not worth doing one by one. */
const mostSteps = 12;
const longestRemedy = 500;

/** Remedies of one severity, each once, in the order of the findings. */
export function stepsOf(findings: readonly Finding[], wanted: Finding['severity']): Step[] {
  const steps = new Map<string, Set<string>>();
  for (const { severity, remedy, code } of findings) {
    if (severity !== wanted || remedy === undefined) continue;
    steps.set(remedy, (steps.get(remedy) ?? new Set()).add(code));
  }
  return [...steps].map(([remedy, codes]) => ({ remedy, codes: [...codes] }));
}

function listOf(steps: readonly Step[]): Html {
  const items = steps.slice(0, mostSteps).map(
    ({ remedy, codes }) =>
      html`<li>${shorten(remedy, longestRemedy)} <span class="codes">${codes.slice(0, 5).join(', ')}</span></li>
`,
  );
  return html`<ol>
${items}</ol>
`;
}

const outlook: Record<GateReport['verdict'], string> = {
  accepted: 'Nothing has to be done: the files can be used as they are.',
  repaired: 'Nothing has to be done: the files can be used as they are. The history below says what was changed.',
  rejected: 'The errors name no remedy. Look at the findings, mend the source and run it again.',
  needs_review: 'Look at the pictures and findings, then approve or refuse the job.',
};

/** What to do, errors first; what would only make it better is told apart. */
export function nextSteps({ findings, verdict }: GateReport): Html {
  const must = stepsOf(findings, 'error');
  const could = stepsOf(findings, 'warning');
  return html`<section aria-labelledby="next">
<h2 id="next">What to do next</h2>
${
  must.length > 0
    ? html`<p>Before it can be delivered:</p>
${listOf(must)}`
    : html`<p>${outlook[verdict]}</p>
`
}${
  could.length > 0
    ? html`<p>Worth doing, though nothing waits for it:</p>
${listOf(could)}`
    : undefined
}</section>
`;
}
