/** Edits between two words: insertions, deletions, replacements (Wagner & Fischer 1974). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

/** Longest word that is compared: nobody misspells a name by a paragraph. */
const longestWord = 64;

/** The known name that was probably meant: a part of it, or at most a third of its letters wrong. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const word = given.trim().toLowerCase().replaceAll('_', '-');
  if (word === '' || word.length > longestWord) return undefined;
  const ranked = names
    .map((name) => {
      const within = name.includes(word) || word.includes(name);
      return { name, edits: within ? 0 : editDistance(word, name) };
    })
    .filter(({ name, edits }) => edits <= Math.ceil(name.length / 3))
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.name;
}
