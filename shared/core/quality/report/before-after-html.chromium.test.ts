import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { hasBrowser, startBrowser } from '../../../testing/chromium.ts';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { beforeAfterHtml } from './before-after-html.ts';

interface Page {
  on(event: 'console' | 'pageerror' | 'request', listener: (what: { text?(): string; url?(): string }) => void): void;
  goto(url: string): Promise<unknown>;
  evaluate<T>(script: string): Promise<T>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  readonly keyboard: { press(key: string): Promise<void> };
}
interface Browser {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

const webp = async (background: string) =>
  new Uint8Array(
    await sharp({ create: { width: 16, height: 16, channels: 3, background } })
      .webp()
      .toBuffer(),
  );

(hasBrowser ? describe : describe.skip)('a page of before and after in Chromium', () => {
  const path = join(tempFolder(), 'before-after.html');
  let browser: Browser;
  let page: Page;
  const said: string[] = [];

  beforeAll(async () => {
    const pair = { caption: 'front', sizePx: 16, source: await webp('red'), shown: await webp('blue') };
    const file = { fileName: `${'long-name-'.repeat(12)}.glb`, sizeBytes: 1e6, triangles: 50_000 };
    writeFileSync(path, beforeAfterHtml({ source: file, shown: file, pairs: [pair, pair], driver: 'cpu' }));
    browser = await startBrowser<Browser>();
    page = await browser.newPage();
    page.on('console', (message) => said.push(message.text?.() ?? ''));
    page.on('pageerror', (error) => said.push(String(error)));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url?.() ?? '')) said.push(`asked for ${request.url?.()}`);
    });
    await page.goto(pathToFileURL(path).href);
  });
  afterAll(() => browser.close());

  test('shows every picture, asks for nothing and breaks none of its own rules', async () => {
    expect(await page.evaluate('[...document.images].map((one) => one.naturalWidth)')).toEqual([16, 16, 16, 16]);
    expect(said).toEqual([]);
  });

  test('slides from source to delivery by keyboard', async () => {
    const cut = "getComputedStyle(document.querySelector('.pair .after')).clipPath";
    expect(await page.evaluate(cut)).toBe('inset(0px 0px 0px 50%)');
    await page.evaluate("document.querySelector('.pair input').focus()");
    await page.keyboard.press('End');
    expect(await page.evaluate(cut)).toBe('inset(0px 0px 0px 100%)');
  });

  test('needs no sideways scrolling on a telephone, and has words in lines', async () => {
    await page.setViewportSize({ width: 360, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(
      await page.evaluate<number>("document.querySelector('.fact').getBoundingClientRect().width"),
    ).toBeGreaterThan(300);
  });
});
