import type { GateReport, Profile } from '../../../schema/index.ts';
import { Html, html } from './escape-html.ts';
import { fidelitySection } from './fidelity-section.ts';
import { findingsSection } from './findings-section.ts';
import { fitPictures } from './fit-pictures.ts';
import { limitsSection } from './limits-section.ts';
import { nextSteps } from './next-steps.ts';
import { pagePolicy } from './page-policy.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { picturesSection } from './pictures-section.ts';
import { roundsSection } from './rounds-section.ts';
import { filesSection, verdictSection, verdictWords } from './verdict-section.ts';

/** Of the whole page: small enough for mail, and what a browser opens at once. */
export const reportPageBytes = 3_000_000;

export interface ReportPage {
  readonly report: GateReport;
  /** The target’s rules, of the version that the report names. */
  readonly profile: Profile;
  /** Bytes of the report’s pictures by name; what is missing is named instead of shown. */
  readonly pictures?: ReadonlyMap<string, Uint8Array>;
  /** How the judged file is called. */
  readonly fileName?: string | undefined;
}

const policy = pagePolicy(pageStyle, pageScript);

function pageOf({ report, profile, pictures = new Map(), fileName }: ReportPage, pictureBytes: number): Html {
  const placed = fitPictures(report.pictures ?? [], pictures, pictureBytes, report.fidelity?.worstView);
  const title = `${verdictWords[report.verdict][0]}: ${fileName ?? 'quality report'} for ${profile.title}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Html(pageStyle)}</style>
</head>
<body>
${verdictSection(report, profile, placed, fileName)}<main>
${nextSteps(report)}${picturesSection(placed, report.fidelity)}${findingsSection(report.findings, placed)}${fidelitySection(report.fidelity, profile.fidelity)}${limitsSection(report, profile)}${roundsSection(report.rounds)}<section aria-labelledby="files">
<h2 id="files">Files</h2>
<p>The report is about exactly these bytes.</p>
${filesSection(report)}</section>
</main>
<footer><p class="about">Made by the Atlas gate. The same in numbers: report.json. This page holds everything that it shows and loads nothing.</p></footer>
<script>${new Html(pageScript)}</script>
</body>
</html>
`;
}

/**
 * The report as one page of HTML that needs nothing else: no network, no script to be read. Same input, same bytes. At
 * most `reportPageBytes` in UTF-8: pictures that do not fit, the least important first, are named instead of shown.
 */
export function reportHtml(page: ReportPage): string {
  const size = (part: Html): number => Buffer.byteLength(part.text);
  const words = pageOf(page, 0);
  const room = Math.max(0, reportPageBytes - size(words));
  // A picture brings a tag and links with it: what they add to the first try is taken from the room of the second.
  const first = pageOf(page, room);
  if (size(first) <= reportPageBytes) return first.text;
  const second = pageOf(page, Math.max(0, room - (size(first) - reportPageBytes)));
  return size(second) <= reportPageBytes ? second.text : words.text;
}
