import type { z } from 'zod';
import { answerSchemas } from './questions.ts';

export type AnswerName = keyof typeof answerSchemas;
export type Answer<N extends AnswerName> = z.infer<(typeof answerSchemas)[N]>;

/** End of the JSON object that begins at `start`, or −1 when it does not end. Braces inside strings do not count. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return i + 1;
  }
  return -1;
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads the first JSON object of that schema in what a model wrote; fences, words around it and a block of thinking
 * aloud are passed over. Undefined when there is none: nothing is guessed.
 */
export function parseAnswer<N extends AnswerName>(text: string, name: N): Answer<N> | undefined {
  const said = text.slice(text.lastIndexOf('</think>') + 1);
  for (let start = said.indexOf('{'); start >= 0; ) {
    const end = endOfObject(said, start);
    if (end < 0) return undefined;
    const answer = answerSchemas[name].safeParse(jsonOrUndefined(said.slice(start, end)));
    if (answer.success) return answer.data as Answer<N>;
    start = said.indexOf('{', end);
  }
  return undefined;
}

/** What a model says about its reasons, fit for a record: one line, no control characters, 300 characters at most. */
export const shortIssues = (text: string): string =>
  text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 300)
    .replace(/[\uD800-\uDBFF]$/, '');
