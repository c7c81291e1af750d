import { describe, expect, test } from '@jest/globals';
import { findProfile } from '../../../profiles/profiles.ts';
import { type Finding, GateReport } from '../../../schema/index.ts';
import { judgedReport, plainPicture } from '../../../testing/judged-report.ts';
import { reportHtml, reportPageBytes } from './report-html.ts';

const profile = findProfile('web');
const pageOf = (changes: Partial<GateReport> = {}, fileName = 'lamp.glb'): string => {
  const { report, pictures } = judgedReport(changes);
  return reportHtml({ report, profile, pictures, fileName });
};

/** Elements that HTML never closes (HTML standard, section 13.1.2). */
const voidElements = new Set(['meta', 'img', 'input', 'br', 'link']);

interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * A strict reader of the little HTML that the page uses: every tag is closed in order, attributes are quoted and not
 * repeated, no bare < is in the text. Throws where that does not hold.
 */
function readTags(page: string): { tags: Tag[]; text: string } {
  const tags: Tag[] = [];
  const open: string[] = [];
  let text = '';
  let at = page.indexOf('>') + 1;
  while (at < page.length) {
    const raw = open.at(-1);
    const next = raw === 'style' || raw === 'script' ? page.indexOf(`</${raw}>`, at) : page.indexOf('<', at);
    if (next < 0) break;
    if (raw !== 'style' && raw !== 'script') text += page.slice(at, next);
    const match = /^<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"<]*")?)*)\s*>/.exec(page.slice(next));
    if (!match) throw new Error(`Not a tag: ${page.slice(next, next + 80)}`);
    const [whole, closing, name = '', rest = ''] = match;
    at = next + whole.length;
    if (closing) {
      if (open.pop() !== name) throw new Error(`</${name}> closes something else`);
      continue;
    }
    const attributes = new Map<string, string>();
    for (const [, key = '', value = ''] of rest.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)) {
      if (attributes.has(key)) throw new Error(`${key} twice in ${whole.slice(0, 80)}`);
      attributes.set(key, value);
    }
    tags.push({ name, attributes });
    if (!voidElements.has(name)) open.push(name);
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(' ')}`);
  return { tags, text };
}

const hostile = `"><img src=x onerror=alert(1)><script>alert(2)</script>' onload='x \u202Egpj.exe \u0000 \uD800`;

describe('the page', () => {
  test('is well-formed, in English, and has one main heading', () => {
    const { tags } = readTags(pageOf());
    expect(tags[0]).toEqual({ name: 'html', attributes: new Map([['lang', 'en']]) });
    expect(tags.filter(({ name }) => name === 'h1')).toHaveLength(1);
    expect(tags.filter(({ name }) => name === 'script')).toHaveLength(1);
    const ids = tags.flatMap(({ attributes }) => attributes.get('id') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const anchors = tags.flatMap(({ attributes }) => attributes.get('href') ?? []);
    expect(anchors.length).toBeGreaterThan(0);
    for (const anchor of anchors) expect(ids).toContain(anchor.slice(1));
    for (const { name, attributes } of tags) if (name === 'img') expect(attributes.get('alt')).not.toBe('');
  });

  test('loads nothing from anywhere and forbids it', () => {
    const page = pageOf();
    const { tags } = readTags(page);
    const loads = tags.flatMap(({ attributes }) =>
      ['src', 'href', 'srcset', 'action', 'poster', 'data'].flatMap((name) => attributes.get(name) ?? []),
    );
    for (const address of loads) expect(address).toMatch(/^(data:image\/(png|webp|jpeg);base64,[\w+/=]+|#[\w-]+)$/);
    expect(tags.filter(({ name }) => ['link', 'iframe', 'object', 'base', 'form'].includes(name))).toEqual([]);
    expect(
      tags.flatMap(({ attributes }) => [...attributes.keys()]).filter((name) => /^(on|style$)/.test(name)),
    ).toEqual([]);
    const inside = page.match(/<style>(.*?)<\/style>.*<script>(.*?)<\/script>/s);
    expect(inside?.slice(1).join(' ')).not.toMatch(/https?:|url\(|@import|fetch|XMLHttp|innerHTML/);
    const csp = tags.find(({ attributes }) => attributes.get('http-equiv') === 'Content-Security-Policy');
    const policy = csp?.attributes.get('content') ?? '';
    expect(policy).toMatch(/^default-src &#39;none&#39;; img-src data:; style-src &#39;sha256-/);
    expect(policy).not.toContain('unsafe');
  });

  test('says the verdict first, in words', () => {
    const { text } = readTags(pageOf());
    const said = text.replace(/\s+/g, ' ');
    expect(said.slice(said.indexOf('Quality'), said.indexOf('What to do next'))).toBe(
      'Quality report of lamp.glb ✕ Rejected 1 error keeps the files from what Web asks for. 1 warning can be read below. ' +
        'Target: Web (web), rules of 2026-11-23 ',
    );
  });

  test('says what to do next, what must be done before what could be', () => {
    const { text } = readTags(pageOf());
    const said = text.replace(/\s+/g, ' ');
    expect(said.slice(said.indexOf('What to do next'), said.indexOf('Pictures'))).toBe(
      'What to do next Before it can be delivered: Lower convert.triangles. limit_triangles ' +
        'Worth doing, though nothing waits for it: Lower convert.textureQuality. limit_size_bytes ',
    );
  });

  test.each(['accepted', 'repaired', 'rejected', 'needs_review'] as const)('is well-formed when %s', (verdict) => {
    const { tags } = readTags(pageOf({ verdict }));
    expect(tags.find(({ name }) => name === 'header')?.attributes.get('class')).toBe(`verdict ${verdict}`);
  });

  test('has every finding, every picture, every round and every hash in it', () => {
    const { report, pictures } = judgedReport();
    const page = reportHtml({ report, profile, pictures });
    const { text, tags } = readTags(page);
    for (const { code, message, remedy = '' } of report.findings) {
      for (const part of [code, message, remedy]) expect(text).toContain(part);
    }
    for (const { caption } of report.pictures ?? []) expect(page).toContain(caption);
    expect(tags.filter(({ name }) => name === 'img')).toHaveLength(pictures.size);
    for (const { sha256 } of report.files) expect(text).toContain(sha256);
    expect(text).toContain(report.fidelity?.sourceSha256);
    expect(text).toMatch(/34\.21 dB/);
    expect(text).toMatch(/1\s+300,000\s+2,048 px\s+82\s+meshopt/);
  });

  test('lists the rules that held beside those that did not', () => {
    const { text } = readTags(pageOf());
    expect(text).toMatch(/Triangles\s+at most 250,000\s+260,000\s+130,000\s+✕ not held/);
    expect(text).toMatch(/Longest side of a texture\s+at most 2,048 px\s+2,048 px\s+2,048 px\s+✓ passed/);
    expect(text).toMatch(/File size\s+better at most 3 MB\s+2\.4 MB\s+1\.3 MB\s+✓ passed/);
  });

  test('lists the checks that found nothing, those that found something, and those that are off', () => {
    const holes = { code: 'holes', severity: 'warning', file: 'lod1', measured: 3, message: '3 openings.' } as const;
    const { report } = judgedReport({ findings: [holes] });
    const rule = { ...{ source: 'a test', checked: '2026-11-25' } } as const;
    const checks = {
      floaters: { severity: 'off', ...rule },
      own_rule: { severity: 'warning', limit: 7, ...rule },
    } as const;
    const { text } = readTags(reportHtml({ report, profile: { ...profile, checks } }));
    expect(text).toMatch(/\nholes\s+none\s+nothing found\s+3 openings\s+! better not\s+Atlas/);
    expect(text).toMatch(
      /\nself intersection\s+at most 0\.5 % of the triangles\s+nothing found\s+nothing found\s+✓ passed/,
    );
    expect(text).toMatch(/\nfloaters\s+off\s+not checked\s+not checked\s+– off\s+a test/);
    expect(text).toMatch(/\nown rule\s+at most 7\s+nothing found/);
  });

  test('says measured values as people read them', () => {
    const found = (code: string, measured: number, limit: number): Finding => ({
      ...{ code, measured, limit, file: 'model', message: code },
      severity: 'warning',
    });
    const { text } = readTags(
      pageOf({
        findings: [
          found('self_intersection', 0.0123, 0.005),
          found('texture_blurred', 0.0656, 0.5),
          found('limit_texture_memory_bytes', 2 ** 27, 2 ** 26),
        ],
      }),
    );
    expect(text).toMatch(/self_intersection in model\s+1\.23 %\s+0\.5 %/);
    expect(text).toMatch(/texture_blurred in model\s+0\.0656\s+at least 0\.5/);
    expect(text).toMatch(/limit_texture_memory_bytes in model\s+128 MiB\s+64 MiB/);
  });

  test('puts the worst view first and the source beside the delivery', () => {
    const page = pageOf();
    const worst = page.indexOf('alt="Delivered: caption of view-01"');
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThan(page.indexOf('alt="Delivered: caption of view-00"'));
    expect(page.indexOf('alt="Source: caption of view-01-source"')).toBeLessThan(worst);
  });

  test('leads from a finding to the picture of it', () => {
    const page = pageOf();
    const anchor = /<a href="#(picture-\d+)">Picture: caption of mark-limit_triangles/.exec(page)?.[1];
    expect(page).toContain(`<figure id="${anchor}" class="">`);
  });

  test('is the same for the same input', () => {
    expect(pageOf()).toBe(pageOf());
  });
});

describe('what strangers wrote', () => {
  const written: GateReport['findings'] = [
    {
      ...{ code: hostile, severity: 'error', file: hostile, pointer: hostile, message: hostile },
      ...{ remedy: hostile, source: hostile },
    },
  ];

  test('stays text wherever it stands', () => {
    const { report, pictures } = judgedReport({ findings: written });
    const [picture, bytes] = plainPicture(hostile, 'view', { caption: hostile, codes: [hostile] });
    const [source] = plainPicture(`${hostile}-source`, 'source', { caption: hostile });
    const files = report.files.map((file) => ({ ...file, name: hostile }));
    const rounds = (report.rounds ?? []).map((round) => ({ ...round, codes: [hostile] }));
    const page = reportHtml({
      report: { ...report, files, rounds, pictures: [picture, source] },
      profile,
      pictures: pictures.set(hostile, bytes),
      fileName: hostile,
    });
    const { tags, text } = readTags(page);
    expect(tags.filter(({ name }) => name === 'script')).toHaveLength(1);
    expect(tags.flatMap(({ attributes }) => [...attributes.keys()]).filter((name) => name.startsWith('on'))).toEqual(
      [],
    );
    expect(text).toContain('&lt;script&gt;alert(2)&lt;/script&gt;');
    expect(page).not.toMatch(/\p{Surrogate}/u);
    for (const character of ['\u0000', '\u202E']) expect(page).not.toContain(character);
  });

  test('is cut where nobody would read on', () => {
    const message = 'a'.repeat(100_000);
    const page = pageOf({ findings: [{ code: 'x', severity: 'error', file: 'model', message }] });
    expect(page.length).toBeLessThan(80_000);
    expect(page).toContain('aaa…');
  });
});

describe('its size', () => {
  test('stays within the bound; the important pictures are shown, the others named', () => {
    const [mark, markBytes] = plainPicture('mark', 'defect');
    const [sheet, sheetBytes] = plainPicture('sheet', 'sheet');
    const large = (bytes: Uint8Array): Uint8Array => Buffer.concat([bytes, Buffer.alloc(1_500_000)]);
    const { report } = judgedReport({ pictures: [sheet, mark] });
    const pictures = new Map([
      ['mark', large(markBytes)],
      ['sheet', large(sheetBytes)],
    ]);
    const page = reportHtml({ report, profile, pictures });
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(reportPageBytes);
    expect(page).toContain('alt="caption of mark"');
    expect(page).toContain('see the picture sheet beside it');
    expect(page).toContain('1 of 2 pictures did not fit in');
  });

  test('stays within it where links to a picture that just fits would break it', () => {
    const many = Array.from({ length: 500 }, (_, i) => ({
      ...{ code: 'holes', severity: 'error' as const, file: 'model', message: `hole ${i}` },
    }));
    const [picture] = plainPicture('mark', 'defect', { codes: ['holes'] });
    const { report } = judgedReport({ findings: many, pictures: [picture] });
    const words = Buffer.byteLength(reportHtml({ report, profile }));
    const just = Math.floor((reportPageBytes - words - 100) / 4) * 3;
    const page = reportHtml({ report, profile, pictures: new Map([['mark', Buffer.alloc(just)]]) });
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(reportPageBytes);
    expect(page).toContain('1 of 1 pictures did not fit in');
  });

  test('stays within it with more findings than anybody reads, each linked to a picture', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => ({
      ...{ code: 'holes', severity: 'error' as const, file: 'model', message: `<hole ${i}> ${'&'.repeat(900)}` },
    }));
    const [picture, bytes] = plainPicture('mark', 'defect', { codes: ['holes'] });
    const { report } = judgedReport({ findings: many, pictures: [picture] });
    const pictures = new Map([['mark', Buffer.concat([bytes, Buffer.alloc(1_700_000)])]]);
    const page = reportHtml({ report, profile, pictures });
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(reportPageBytes);
    expect(page).toMatch(/[\d,]+ more stand in report\.json/);
  });
});

test('a report without files, pictures and findings is a page too', () => {
  const report: GateReport = GateReport.parse({
    ...{ profile: 'web', profileVersion: '1', verdict: 'rejected', findings: [], files: [] },
  });
  expect(readTags(reportHtml({ report, profile })).text).toContain('No file could be opened');
});
