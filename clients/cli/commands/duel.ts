import type { Command } from 'commander';
import type { Ballot } from '../../../shared/schema/index.ts';

/** One duel in words. */
function* linesOf(ballot: Ballot, names: Map<string, string>): Generator<string> {
  const { choice, judge, model, decidedBy, reason, calls, costMicroUsd, votes, position } = ballot;
  const [a, b] = [names.get(ballot.a) ?? 'a', names.get(ballot.b) ?? 'b'];
  const outcome =
    choice === 'a' ? `${a} wins` : choice === 'b' ? `${b} wins` : choice === 'draw' ? 'a draw' : 'no vote';
  yield `${a} against ${b}: ${outcome}, by ${decidedBy}. ${reason}`;
  if (judge === 'deterministic') {
    yield '  judge: deterministic, no model looked at it';
    return;
  }
  const cost = costMicroUsd === null ? 'cost unknown' : `${costMicroUsd} micro-USD`;
  const lost = votes.flatMap(({ noVote }) => noVote ?? []);
  const why = lost.length === 0 ? '' : `: ${[...new Set(lost)].join(', ')}`;
  yield `  judge: ${model}, ${votes.length} questions (${lost.length} without an answer that counts${why}), ${calls} calls, ${cost}`;
  if (position.firstAdvantage === null) return;
  yield `  position: ${position.contradictions} of ${position.pairs} pairs changed with the order; the first shown was ` +
    `favoured by ${position.firstAdvantage.toFixed(2)} points on average`;
}

async function duel(files: string[], options: { prompt?: string; image?: string; json?: boolean }): Promise<void> {
  const { duelFiles } = await import('../../../infra/local/duel.ts');
  const comparison = await duelFiles(files, options);
  const { winner, candidates, ballots } = comparison;
  if (options.json) process.stdout.write(`${JSON.stringify(comparison, null, 2)}\n`);
  else {
    const names = new Map(candidates.map(({ sha256, name }) => [sha256, name]));
    for (const { name, failure } of candidates) {
      if (failure !== null) process.stdout.write(`${name} cannot be drawn: ${failure}\n`);
    }
    for (const ballot of ballots) process.stdout.write(`${[...linesOf(ballot, names)].join('\n')}\n`);
    process.stdout.write(winner === null ? 'not decided\n' : `best: ${candidates[winner]?.name}\n`);
  }
  if (winner === null) process.exitCode = 2;
}

export function addDuel(program: Command): void {
  program
    .command('duel')
    .description('find the best of several models, in pairs')
    .argument('<files...>', 'two or more: GLB, glTF, OBJ, PLY or ZIP')
    .option('-p, --prompt <text>', 'what was ordered')
    .option('-i, --image <file>', 'a picture of what was ordered: PNG, JPEG or WebP')
    .option('--json', 'print the ballots as JSON')
    .addHelpText(
      'after',
      `
A vision model decides when ATLAS_VISION_URL and ATLAS_VISION_MODEL name one; else scores that need no model do.
Exit codes:  0 decided · 2 not decided · 1 error`,
    )
    .action(duel);
}
