import { expect, test } from '@jest/globals';
import { beforeAfterHtml } from './before-after-html.ts';

const side = (caption: string) => ({
  ...{ caption, sizePx: 8, source: Uint8Array.of(1, 2, 3), shown: Uint8Array.of(4, 5, 6) },
});
const page = beforeAfterHtml({
  source: { fileName: '<img src=x>.ply', sizeBytes: 2_500_000, splats: 52_709 },
  shown: { fileName: undefined, sizeBytes: 900, triangles: 1200 },
  pairs: [side('front'), side('back')],
  driver: 'chromium',
});

test('a page of before and after holds both pictures of every side and says what drew them', () => {
  expect(page.match(/src="data:image\/webp;base64,AQID"/g)).toHaveLength(2);
  expect(page.match(/src="data:image\/webp;base64,BAUG"/g)).toHaveLength(2);
  expect(page).toContain('Drawn by three.js in Chromium.');
});

test('a page of before and after tells the files apart, and takes names for text', () => {
  expect(page).toContain('<bdi>&lt;img src=x&gt;.ply</bdi>, 52,709 splats, 2.5 MB');
  expect(page).toContain('<bdi>the model</bdi>, 1,200 triangles, 900 B');
});

test('a page of before and after loads nothing from elsewhere', () => {
  expect(page.replaceAll(/src="data:[^"]*"/g, '')).not.toMatch(/<[^>]*\b(src|href)=|https?:|url\(/);
});
