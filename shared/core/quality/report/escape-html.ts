/** Text that is HTML already; only `html` makes it, so that nothing gets past the escaping. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlPart = string | number | Html | undefined | readonly HtmlPart[];

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * Control characters but tab and line feed, which HTML does not allow, and those that turn the direction of writing, by
 * which a file name can pose as another (Unicode TR 36 section 3.4, UAX 9 section 2).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const deceiving = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** A string of strangers as text of a page or value of a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text
    .replace(deceiving, '\uFFFD')
    // With the u flag only halves of a pair are surrogates: UTF-8 cannot hold them.
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replace(/[&<>"']/g, (character) => entities[character] as string);

function textOf(part: HtmlPart): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  return typeof part === 'object' ? part.map(textOf).join('') : escapeHtml(String(part));
}

/**
 * A template whose values are escaped unless they are `Html`; lists are joined, undefined is nothing. Values stand in
 * text or in quoted attributes, never in tags, scripts or styles.
 */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlPart[]): Html =>
  new Html(strings.reduce((all, text, i) => `${all}${textOf(values[i - 1])}${text}`));

/** Cuts what is longer than anybody reads, at `most` characters. */
export const shorten = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;
