import { expect, test } from '@jest/globals';
import { indexFor } from './queries.ts';

const query = (more: object) => ({ file: 'f.ts', collection: 'c', ...more });

test.each([
  ['all of a collection', {}, undefined],
  ['equal fields', { equal: ['a', 'b'] }, undefined],
  ['one sorted field', { sort: 'at' }, undefined],
  ['one sorted field, newest first', { sort: 'at', descending: true }, undefined],
  [
    'an equal field and another, newest first',
    { equal: ['a'], sort: 'id', descending: true },
    'a ASCENDING, id DESCENDING',
  ],
  ['an equal field and a sorted one', { equal: ['a'], sort: 'at' }, 'a ASCENDING, at ASCENDING'],
])('%s: the index is told', (_case, more, index) => {
  expect(indexFor(query(more))).toBe(index);
});
