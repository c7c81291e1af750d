import type { Check } from '../gate-file.ts';

/** The full-detail model keeps to the budget of the plan, and no level of detail has more triangles than it. */
export const checkBudget: Check = ({ name: file, stats }, { files, triangles }) => {
  const full = files[0];
  const isFull = file === full?.name;
  const limit = isFull ? triangles : full?.stats.triangles;
  if (limit === undefined || stats.triangles <= limit) return [];
  return [
    {
      code: isFull ? 'budget_exceeded' : 'lod_not_lighter',
      severity: 'error',
      file,
      measured: stats.triangles,
      limit,
      message: isFull
        ? `${stats.triangles} triangles; the budget is ${limit}.`
        : `${stats.triangles} triangles, more than the full-detail model has (${limit}).`,
      remedy: 'Convert the file again.',
      source: 'Atlas',
    },
  ];
};
