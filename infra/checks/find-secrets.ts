/** What a secret looks like in a file; each with the text that it always holds, looked for first because that is fast. */
const patterns: readonly { readonly name: string; readonly hint: string; readonly pattern: RegExp }[] = [
  {
    name: 'private key',
    hint: 'PRIVATE KEY-----',
    pattern: /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*[A-Za-z0-9+/=]{16}/,
  },
  { name: 'Google service account', hint: '"private_key"', pattern: /"private_key"\s*:\s*"-----BEGIN/ },
  { name: 'Google API key', hint: 'AIza', pattern: /\bAIza[0-9A-Za-z_-]{35}\b/ },
  { name: 'Google OAuth secret', hint: 'GOCSPX-', pattern: /\bGOCSPX-[0-9A-Za-z_-]{28}\b/ },
  { name: 'Google refresh token', hint: '1//0', pattern: /\b1\/\/0[0-9A-Za-z_-]{40,}/ },
  { name: 'AWS access key', hint: 'AKIA', pattern: /\bAKIA[0-9A-Z]{16}\b/ },
  { name: 'GitHub token', hint: 'gh', pattern: /\b(?:gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{60,})\b/ },
  { name: 'npm token', hint: 'npm_', pattern: /\bnpm_[0-9A-Za-z]{36}\b/ },
  { name: 'Slack token', hint: 'xox', pattern: /\bxox[abprs]-[0-9A-Za-z-]{20,}/ },
  { name: 'Stripe key', hint: '_live_', pattern: /\b[sr]k_live_[0-9A-Za-z]{20,}/ },
  { name: 'model provider key', hint: 'sk-', pattern: /\bsk-(?:ant-|proj-)[0-9A-Za-z_-]{32,}/ },
  { name: 'signed token', hint: 'eyJ', pattern: /\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{20,}/ },
  { name: 'Atlas API key', hint: 'atl_', pattern: /\batl_[0-9a-z]{26}_[0-9A-Za-z]{49}\b/ },
  { name: 'webhook secret', hint: 'whsec_', pattern: /\bwhsec_[0-9A-Za-z+/]{43}=/ },
];

export interface FoundSecret {
  readonly name: string;
  readonly line: number;
}

/** Secrets in a text, by kind and line. The secret itself is not repeated: this goes into logs. */
export function findSecrets(text: string): FoundSecret[] {
  return patterns.flatMap(({ name, hint, pattern }) => {
    if (!text.includes(hint)) return [];
    const match = pattern.exec(text);
    return match ? [{ name, line: text.slice(0, match.index).split('\n').length }] : [];
  });
}

export const secretKinds: readonly string[] = patterns.map(({ name }) => name);
