import { createHash } from 'node:crypto';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * Content security policy of a page that holds all it shows: nothing is loaded or sent, and its own style and script run
 * by their hashes alone (CSP level 3, section 2.3.1).
 */
export const pagePolicy = (style: string, script: string): string =>
  [
    "default-src 'none'",
    'img-src data:',
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
