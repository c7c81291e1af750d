import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findProfile } from '../../../profiles/profiles.ts';
import { hasBrowser, startBrowser } from '../../../testing/chromium.ts';
import { judgedReport } from '../../../testing/judged-report.ts';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { reportHtml } from './report-html.ts';

interface Page {
  on(event: 'console' | 'pageerror' | 'request', listener: (what: { text?(): string; url?(): string }) => void): void;
  goto(url: string): Promise<unknown>;
  evaluate<T>(script: string): Promise<T>;
  emulateMedia(media: { media?: 'print' | 'screen'; colorScheme?: 'light' | 'dark' }): Promise<void>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  readonly keyboard: { press(key: string): Promise<void> };
}
interface Browser {
  newPage(options?: { javaScriptEnabled?: boolean }): Promise<Page>;
  close(): Promise<void>;
}

const folder = tempFolder();
let browser: Browser;

/** The page from a file in the browser, and what it said and asked for. */
async function open(options: { javaScriptEnabled?: boolean } = {}): Promise<{ page: Page; said: string[] }> {
  const { report, pictures } = judgedReport();
  const path = join(folder, 'report.html');
  writeFileSync(path, reportHtml({ report, profile: findProfile('web'), pictures, fileName: '<b>lamp</b>.glb' }));
  const page = await browser.newPage(options);
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text?.() ?? ''));
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url?.() ?? '')) said.push(`asked for ${request.url?.()}`);
  });
  await page.goto(pathToFileURL(path).href);
  return { page, said };
}

const slider = "document.querySelector('.pair input')";
const cut = "getComputedStyle(document.querySelector('.pair .after')).clipPath";

(hasBrowser ? describe : describe.skip)('in Chromium the page', () => {
  beforeAll(async () => {
    browser = await startBrowser<Browser>();
  });
  afterAll(() => browser.close());

  test('shows every picture, asks for nothing and breaks none of its own rules', async () => {
    const { page, said } = await open();
    expect(await page.evaluate('[...document.images].filter((one) => one.naturalWidth !== 8).length')).toBe(0);
    expect(await page.evaluate('document.images.length')).toBe(judgedReport().pictures.size);
    expect(await page.evaluate("document.querySelector('.verdict bdi').textContent")).toBe('<b>lamp</b>.glb');
    expect(said).toEqual([]);
  });

  test('runs no script but its own', async () => {
    const { page } = await open();
    const injected = `(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "taken"';
      document.body.append(script);
      return document.title;
    })()`;
    expect(await page.evaluate(injected)).toBe('Rejected: <b>lamp</b>.glb for Web');
  });

  test('slides from source to delivery by keyboard', async () => {
    const { page } = await open();
    expect(await page.evaluate(cut)).toBe('inset(0px 0px 0px 50%)');
    await page.evaluate(`${slider}.focus()`);
    await page.keyboard.press('Home');
    expect(await page.evaluate(cut)).toBe('inset(0px 0px 0px 0%)');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(cut)).toBe('inset(0px 0px 0px 1%)');
    expect(await page.evaluate(`${slider}.getAttribute('aria-label')`)).toMatch(/^Where the source ends/);
  });

  test.each([
    ['without scripts', { javaScriptEnabled: false }, 'screen'],
    ['on paper', {}, 'print'],
  ] as const)('shows source and delivery side by side %s', async (_, options, media) => {
    const { page } = await open(options);
    await page.emulateMedia({ media });
    const boxes = await page.evaluate<number[]>(
      "[...document.querySelectorAll('.pair .half')].slice(0, 2).flatMap((one) => [one.getBoundingClientRect().left, one.getBoundingClientRect().right])",
    );
    expect(boxes[1]).toBeLessThanOrEqual(boxes[2]! + 0.5);
    expect(await page.evaluate(cut)).toBe('none');
  });

  test.each(['light', 'dark'] as const)('has text that stands out from its ground in %s', async (colorScheme) => {
    const { page } = await open();
    await page.emulateMedia({ colorScheme });
    // Contrast as WCAG 2.2 defines it, against the next ground that is painted.
    const weakest = await page.evaluate<number>(`(() => {
      const parts = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
      const light = ([r, g, b]) => [r, g, b]
        .map((code) => code / 255)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
        .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
      const groundOf = (element) => {
        for (let one = element; one; one = one.parentElement) {
          const ground = parts(getComputedStyle(one).backgroundColor);
          if (ground.length === 3 || ground[3] > 0.5) return ground;
        }
        return [255, 255, 255];
      };
      return Math.min(...[...document.body.querySelectorAll('p, td, th, h1, h2, h3, figcaption, code, a, li, .codes, .tag')].map((element) => {
        const [a, b] = [light(parts(getComputedStyle(element).color)), light(groundOf(element))];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      }));
    })()`);
    expect(weakest).toBeGreaterThan(4.5);
  });

  test('needs no sideways scrolling on a telephone', async () => {
    const { page } = await open();
    await page.setViewportSize({ width: 360, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });
});
