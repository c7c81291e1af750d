import { rmSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AtlasError } from '../../errors.ts';
import { findOptional, loadOptional, missingOptional } from '../../optional-module.ts';
import type { ModelRenderer, ModelViews, RenderedPicture } from '../../ports/index.ts';
import { findChromium } from './find-chromium.ts';
import { pageScript } from './page-script.ts';

/** What is used of playwright-core, which has its types only where it is installed. */
interface Route {
  request(): { url(): string };
  fulfill(answer: { body: string | Buffer; contentType: string; headers?: Record<string, string> }): Promise<void>;
  abort(): Promise<void>;
}
interface Page {
  goto(url: string): Promise<unknown>;
  evaluate<T>(script: string): Promise<T>;
}
interface Browser {
  route(pattern: string, handler: (route: Route) => Promise<void>): Promise<void>;
  newPage(): Promise<Page>;
  close(): Promise<void>;
}
interface Playwright {
  readonly chromium: { launchPersistentContext(profile: string, options: object): Promise<Browser> };
}

type Environment = Record<string, string | undefined>;

export interface ChromiumRendererOptions {
  /** For all views of one call, the start of the browser included; 60 s unless given. */
  readonly timeoutMs?: number;
  readonly environment?: Environment;
  /** Holds what the browser writes while it runs; the system’s folder for such files unless given. */
  readonly tempFolder?: string;
}

interface Limit {
  readonly sinceMs: number;
  readonly timeoutMs: number;
}

const packages = ['playwright-core', 'three'] as const;

/** A name that no server may have (RFC 6761 section 6.4): what is not answered here is answered nowhere. */
const origin = 'http://atlas.invalid';

/** Scripts, workers of the KTX2 decoder and models of this page; nothing else can be asked for. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'nonce-atlas' 'unsafe-eval' blob:",
  'worker-src blob:',
  "connect-src 'self' blob: data:",
  'img-src blob: data:',
].join('; ');

const imports = { three: '/three/build/three.module.js', 'three/addons/': '/three/examples/jsm/' };
const html = `<!doctype html><script type="importmap" nonce="atlas">${JSON.stringify({ imports })}</script>`;

/** Answers the page from the package and from memory; refuses everything else. */
async function answer(route: Route, three: string, models: readonly Uint8Array[]): Promise<void> {
  const url = new URL(route.request().url());
  const path = url.origin === origin ? url.pathname : '';
  const model = /^\/models\/(\d+)\.glb$/.exec(path);
  // A URL has no `..` left in its path, and percent signs are not in the list.
  const file = /^\/three\/((?:build|examples\/jsm)\/[\w./-]+\.(js|wasm))$/.exec(path);
  if (path === '/') {
    await route.fulfill({ body: html, contentType: 'text/html', headers: { 'Content-Security-Policy': policy } });
  } else if (path === '/page.js') {
    await route.fulfill({ body: pageScript, contentType: 'text/javascript' });
  } else if (model) {
    const bytes = models[Number(model[1])] ?? new Uint8Array(0);
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    await route.fulfill({ body, contentType: 'model/gltf-binary' });
  } else if (file) {
    const contentType = file[2] === 'js' ? 'text/javascript' : 'application/wasm';
    await route.fulfill({ body: await readFile(join(three, file[1]!)), contentType });
  } else await route.abort();
}

/** Pixels as the page sends them, rows from below. */
function pictureOf(text: string, sizePx: number): RenderedPicture {
  const rows = Buffer.from(text, 'base64');
  const stride = sizePx * 4;
  if (rows.length !== stride * sizePx) throw new Error(`a picture of ${rows.length} bytes came back`);
  const data = new Uint8Array(rows.length);
  for (let y = 0; y < sizePx; y++) data.set(rows.subarray(y * stride, (y + 1) * stride), (sizePx - 1 - y) * stride);
  return { width: sizePx, height: sizePx, data };
}

/** Views after which the time of the others can be told; the first ones also load the models and compile shaders. */
const warmViews = 4;

/** Rejects before the limit when the views to come would not fit in: without a GPU half a million triangles take 2 s each. */
function checkPace(drawn: number, views: number, spent: { allMs: number; lastMs: number }, timeoutMs: number): void {
  if (drawn < warmViews || spent.allMs + (views - drawn) * spent.lastMs * 0.8 <= timeoutMs) return;
  throw new DOMException('the views to come would not be drawn in time', 'TimeoutError');
}

async function drawIn(browser: Browser, three: string, input: ModelViews, limit: Limit): Promise<RenderedPicture[]> {
  await browser.route('**/*', (route) => answer(route, three, input.models));
  const page = await browser.newPage();
  await page.goto(`${origin}/`);
  await page.evaluate("import('/page.js').then(() => undefined)");
  const pictures: RenderedPicture[] = [];
  for (const view of input.views) {
    const begunMs = performance.now();
    const asked = JSON.stringify({ ...view, background: input.background });
    pictures.push(pictureOf(await page.evaluate<string>(`atlasDraw(${asked})`), view.sizePx));
    const nowMs = performance.now();
    const spent = { allMs: nowMs - limit.sinceMs, lastMs: nowMs - begunMs };
    checkPace(pictures.length, input.views.length, spent, limit.timeoutMs);
  }
  return pictures;
}

/** Only what a browser needs: no secrets of this process, and everything that it writes goes into `folder`. */
function browserEnvironment({ PATH = '', LANG = 'C.UTF-8', SYSTEMROOT }: Environment, folder: string): Environment {
  const own = { PATH, LANG, HOME: folder, TMPDIR: folder, TEMP: folder, TMP: folder };
  return SYSTEMROOT === undefined ? own : { ...own, SYSTEMROOT };
}

/** A start that is given up leaves a folder of playwright-core behind: it is waited for, and then closed. */
const startMs = 30_000;

const launchOptions = (environment: Environment, folder: string): object => ({
  executablePath: findChromium(environment),
  timeout: startMs,
  serviceWorkers: 'block',
  env: browserEnvironment(environment, folder),
  // Chromium refuses its sandbox to root, as whom containers run.
  chromiumSandbox: process.getuid?.() !== 0,
  args: [
    ...['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'],
    ...['--host-resolver-rules=MAP * ~NOTFOUND', '--disable-breakpad'],
  ],
});

/** Rejects when the signal aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function asAtlasError(thrown: unknown, caller: AbortSignal | undefined, timeoutMs: number): AtlasError {
  const cause = { cause: thrown };
  if (caller?.aborted) return new AtlasError('cancelled', 'The work was cancelled.', cause);
  const { name, message } = thrown as Partial<Error>;
  if (name === 'TimeoutError') {
    return new AtlasError('work_timeout', `Chromium needs longer than ${timeoutMs / 1000} s.`, cause);
  }
  const words = (message ?? String(thrown)).split('\n')[0]!.slice(0, 200);
  return new AtlasError('renderer_unavailable', `Chromium could not draw: ${words}`, cause);
}

/**
 * Draws with three.js in Chromium, driven by playwright-core: one browser for all views of a call, without GPU and
 * without network. The browser is closed, and what it wrote is removed, before `draw` settles.
 */
export function chromiumRenderer(options: ChromiumRendererOptions = {}): ModelRenderer {
  const { timeoutMs = 60_000, environment = process.env, tempFolder = tmpdir() } = options;
  const missing = () => {
    if (findChromium(environment) !== undefined) return missingOptional(packages, environment);
    const { CHROMIUM_PATH: named } = environment;
    return {
      reason: named ? `Chromium was not found at ${named}` : 'Chromium was not found',
      remedy: 'Install Chromium, or set CHROMIUM_PATH to its program.',
    };
  };
  return {
    missing,
    async draw(input, { signal: caller } = {}) {
      const lacking = missing();
      if (lacking) throw new AtlasError('renderer_unavailable', `${lacking.reason}. ${lacking.remedy}`);
      const over = AbortSignal.timeout(timeoutMs);
      const signal = caller ? AbortSignal.any([caller, over]) : over;
      const limit = { sinceMs: performance.now(), timeoutMs };
      const folder = await mkdtemp(join(tempFolder, 'atlas-chromium-'));
      const removeNow = () => rmSync(folder, { recursive: true, force: true });
      process.once('exit', removeNow);
      const { chromium } = loadOptional('playwright-core', '', environment) as Playwright;
      const profile = join(folder, 'profile');
      const launched = chromium.launchPersistentContext(profile, launchOptions(environment, folder));
      const drawing = launched.then((browser) => drawIn(browser, findOptional('three', environment)!, input, limit));
      // When time is up nobody waits for it any more, and it fails with the browser.
      drawing.catch(() => undefined);
      try {
        return await Promise.race([drawing, aborted(signal)]);
      } catch (thrown) {
        throw asAtlasError(thrown, caller, timeoutMs);
      } finally {
        const browser = await launched.catch(() => undefined);
        await browser?.close();
        await rm(folder, { recursive: true, force: true, maxRetries: 3 });
        process.off('exit', removeNow);
      }
    },
  };
}
