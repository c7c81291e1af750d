/** A share as a reader sees it: two significant digits, 100 % for all. */
export const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;

/** A count with its noun: 1 edge, 2 edges. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
