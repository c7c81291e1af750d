/** One receiver of a share: how many triangles it has, and how often each of them is drawn. */
export interface BudgetPart {
  readonly triangles: number;
  readonly instances: number;
}

/** Fewest triangles that a part keeps: a tetrahedron, the smallest closed solid. */
const leastTriangles = 4;

const leastOf = (part: BudgetPart): number => Math.min(part.triangles, leastTriangles);
const drawn = (part: BudgetPart, triangles: number): number => triangles * part.instances;

/** Fewest drawn triangles that any split of these parts can reach. */
export const leastDrawn = (parts: readonly BudgetPart[]): number =>
  parts.reduce((sum, part) => sum + drawn(part, leastOf(part)), 0);

/**
 * Splits a budget of drawn triangles over parts in proportion to what they have. Each part keeps at least a
 * tetrahedron and never gets more than it has; the drawn sum never exceeds the budget, and meets it exactly when every
 * part is drawn once and the parts have that many triangles. The leftover of rounding goes to the largest remainders.
 * Undefined when even the least of every part is over the budget.
 */
export function splitBudget(parts: readonly BudgetPart[], budget: number): number[] | undefined {
  let rest = budget - leastDrawn(parts);
  if (rest < 0) return undefined;
  const spare = parts.map((part) => part.triangles - leastOf(part));
  const spareDrawn = parts.reduce((sum, part, i) => sum + drawn(part, spare[i] as number), 0);
  if (spareDrawn <= rest) return parts.map((part) => part.triangles);
  const share = rest / spareDrawn;
  const ideal = spare.map((count) => count * share);
  const given = ideal.map(Math.floor);
  parts.forEach((part, i) => {
    rest -= drawn(part, given[i] as number);
  });
  const byRemainder = parts.map((_, i) => i).sort((a, b) => ideal[b]! - given[b]! - (ideal[a]! - given[a]!) || a - b);
  for (let moved = true; moved && rest > 0; ) {
    moved = false;
    for (const i of byRemainder) {
      const part = parts[i] as BudgetPart;
      if (part.instances > rest || given[i]! >= spare[i]! || part.instances === 0) continue;
      given[i]!++;
      rest -= part.instances;
      moved = true;
    }
  }
  return parts.map((part, i) => leastOf(part) + (given[i] as number));
}
