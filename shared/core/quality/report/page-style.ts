/** Look of the page: light, dark by the reader’s choice, and paper. No fonts, no files, nothing from elsewhere. */
export const pageStyle = `
:root { color-scheme: light; --ground: #ffffff; --raised: #f4f5f7; --ink: #16181d; --faint: #565d6b; --line: #d5d9e0;
  --good: #0b6b3a; --good-ground: #e4f5ea; --bad: #a3161a; --bad-ground: #fde8e7; --care: #7a4a00; --care-ground: #fdf1d8; --link: #0b57a4; }
@media screen and (prefers-color-scheme: dark) {
  :root { color-scheme: dark; --ground: #14161a; --raised: #1e2127; --ink: #eceef2; --faint: #a7aebb; --line: #373c46;
    --good: #7fdca2; --good-ground: #123322; --bad: #ff9d97; --bad-ground: #411a1b; --care: #f3c063; --care-ground: #3a2c0f; --link: #8cc4ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 2.2rem; line-height: 1.15; margin: .2rem 0 .5rem; }
h2 { font-size: 1.4rem; margin: 2.2rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
h3 { font-size: 1.1rem; margin: 1.4rem 0 .4rem; }
p { margin: .3rem 0 .7rem; max-width: 62rem; }
a { color: var(--link); }
a:focus-visible, input:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code { font-family: ui-monospace, Consolas, "Liberation Mono", monospace; font-size: .9em; overflow-wrap: anywhere; }
bdi { overflow-wrap: anywhere; }
.about, .codes { color: var(--faint); font-size: .875rem; }
.codes { font-family: ui-monospace, Consolas, monospace; }
.verdict { display: flex; gap: 1.5rem; justify-content: space-between; align-items: center; border-radius: .6rem;
  border-left: .6rem solid currentColor; padding: 1rem 1.5rem; }
.verdict p, .verdict code { color: var(--ink); } .verdict p.about { font-size: .95rem; }
.verdict img { width: 11rem; height: auto; border-radius: .4rem; flex: none; }
.accepted, .repaired { color: var(--good); background: var(--good-ground); }
.rejected { color: var(--bad); background: var(--bad-ground); }
.needs_review { color: var(--care); background: var(--care-ground); }
h3.error { color: var(--bad); } h3.warning { color: var(--care); }
.wide { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem; border-bottom: 1px solid var(--line); }
thead th { background: var(--raised); font-size: .875rem; }
tbody th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.cell { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; min-width: 6rem; }
thead .number, thead .cell { white-space: normal; }
.source { overflow-wrap: anywhere; min-width: 12rem; max-width: 22rem; }
.findings td:first-child { width: 50%; }
.findings td:last-child { width: 28%; }
.message { margin: 0; overflow-wrap: anywhere; unicode-bidi: plaintext; } td .about { margin: .15rem 0 0; }
.hash { min-width: 16rem; }
.result { white-space: nowrap; font-weight: 600; background: none; }
.result.passed { color: var(--good); } .result.over { color: var(--bad); } .result.advice { color: var(--care); }
.result.off, .result.noted { color: var(--faint); }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: 1rem; align-items: start; }
figure { margin: 0; background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; scroll-margin-top: 1rem; }
figure:target, .half:target { outline: 3px solid var(--link); }
figure > img { display: block; width: 100%; height: auto; }
figcaption { padding: .5rem .8rem; font-size: .9rem; }
.missing { padding: 2rem 1rem; color: var(--faint); overflow-wrap: anywhere; }
.stage { display: grid; grid-template-columns: 1fr 1fr; position: relative; }
.half { position: relative; }
.half img { display: block; width: 100%; height: auto; }
.tag { position: absolute; top: .5rem; left: .5rem; background: #000c; color: #fff; font-size: .8rem; padding: .05rem .5rem; border-radius: 1rem; }
.after .tag { left: auto; right: .5rem; }
.pair input { display: block; width: calc(100% - 1.6rem); margin: .6rem .8rem 0; }
@media screen {
  .sliding .stage { grid-template-columns: 1fr; cursor: ew-resize; touch-action: pan-y; }
  .sliding .half { grid-area: 1 / 1; }
  .sliding .after { clip-path: inset(0 0 0 var(--cut)); }
  .sliding .stage::after { content: ""; position: absolute; inset: 0 auto 0 var(--cut); width: 3px; margin-left: -1.5px; background: #fff; box-shadow: 0 0 0 1px #000a; pointer-events: none; }
}
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .6rem; }
@media (max-width: 40rem) { .verdict { flex-direction: column; align-items: flex-start; } body { padding: .8rem; } }
@media print {
  @page { margin: 14mm; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .verdict, thead th, .result, figure, .tag { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .pair input { display: none; }
  .wide { overflow: visible; }
  .gallery { grid-template-columns: repeat(3, 1fr); gap: 4mm; }
  .pair, .halves { grid-column: span 2; }
  figure, tr, .verdict { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  thead { display: table-header-group; }
  th, td { padding: 1mm 2mm; }
  table { font-size: 8.5pt; } thead th, .about, .codes { font-size: 8pt; }
  .cell { min-width: 22mm; overflow-wrap: break-word; }
  .source { min-width: 30mm; }
  .hash { min-width: 0; }
  a { color: inherit; text-decoration: none; }
}
`;
