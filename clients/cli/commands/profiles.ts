import type { Command } from 'commander';
import { z } from 'zod';
import { Profile } from '../../../shared/schema/index.ts';
import { connect } from '../connect.ts';
import { formatCount, table } from '../summary.ts';

const Profiles = z.object({ items: z.array(Profile) });

function describeProfile(profile: Profile): string {
  const rows = Object.entries(profile.limits).map(([name, limit]) => [
    name,
    formatCount(limit.max),
    limit.severity,
    `${limit.source}${limit.note ? `: ${limit.note}` : ''} (${limit.checked})`,
  ]);
  return `${profile.id}  ${profile.title}\n  ${profile.summary}\n${table([['limit', 'max', 'severity', 'source'], ...rows])}`;
}

async function profiles(id: string | undefined, options: { json?: boolean }): Promise<void> {
  const connection = await connect(process.env);
  try {
    const shown = id
      ? [await connection.api.get(`/v1/profiles/${encodeURIComponent(id)}`, Profile)]
      : (await connection.api.get('/v1/profiles', Profiles)).items;
    process.stdout.write(options.json ? `${JSON.stringify(shown, null, 2)}\n` : shown.map(describeProfile).join('\n'));
  } finally {
    await connection.close();
  }
}

export function addProfiles(program: Command): void {
  program
    .command('profiles')
    .description('list the target profiles, each limit with its source')
    .argument('[id]', 'only this profile')
    .option('--json', 'print JSON')
    .action(profiles);
}
