import { describe, expect, test } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { workflowExecutor } from '../executor.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { finish } from '../testing/run-source.ts';
import type { ExecutionRow, ExecutionStore } from './execution-store.ts';
import { memoryExecutionStore } from './memory-execution-store.ts';
import { type SqliteDatabase, sqliteExecutionStore } from './sqlite-execution-store.ts';

const sqlite = () => new DatabaseSync(':memory:') as unknown as SqliteDatabase;

const row = (id: string, more: Partial<ExecutionRow> = {}): ExecutionRow => ({
  ...{ name: `w/executions/${id}`, workflowId: 'w', revisionId: '1', state: 'ACTIVE', argument: '{"a":1}' },
  ...{ labels: { k: 'v' }, startTime: 1, endTime: null, result: null, error: null, ...more },
});
const entry = (entryId: number, state: 'STATE_IN_PROGRESS' | 'STATE_SUCCEEDED') => ({
  ...{ entryId, routine: 'main', step: `s${entryId}`, stepType: 'STEP_ASSIGN', state, createTime: 1, updateTime: 2 },
});

describe.each<[string, () => ExecutionStore]>([
  ['memory', memoryExecutionStore],
  ['sqlite', () => sqliteExecutionStore(sqlite())],
])('the %s execution store', (_, make) => {
  test('keeps revisions and knows the latest of each workflow', () => {
    const store = make();
    const revision = (workflowId: string, revisionId: string) => ({
      workflowId,
      revisionId,
      source: 's',
      createTime: 5,
    });
    for (const [workflowId, id] of [
      ['a', '1'],
      ['b', '1'],
      ['a', '2'],
    ] as const)
      store.saveRevision(revision(workflowId, id));
    expect(store.loadRevision('a', '1')).toEqual(revision('a', '1'));
    expect(store.loadRevision('a', '3')).toBeUndefined();
    const latest = store.listLatestRevisions().sort((left, right) => (left.workflowId < right.workflowId ? -1 : 1));
    expect(latest).toEqual([revision('a', '2'), revision('b', '1')]);
  });

  test('keeps an execution from its beginning to its end', () => {
    const store = make();
    store.commit([{ name: row('1').name, row: row('1'), snapshot: 'first', entries: [] }]);
    store.commit([{ name: row('1').name, snapshot: 'second', entries: [] }]);
    expect(store.listUnfinished()).toEqual([{ row: row('1'), snapshot: 'second' }]);
    const ended = row('1', { state: 'SUCCEEDED', result: '1', endTime: 9 });
    store.commit([{ name: ended.name, row: ended, snapshot: null, entries: [] }]);
    expect(store.listUnfinished()).toEqual([]);
    expect(store.loadExecution(ended.name)).toEqual(ended);
    expect(store.loadExecution('none')).toBeUndefined();
  });

  test('lists executions of one workflow, newest first, in pages', () => {
    const store = make();
    for (const id of ['1', '2', '3']) store.commit([{ name: row(id).name, row: row(id), snapshot: 's', entries: [] }]);
    const other = row('9', { workflowId: 'x' });
    store.commit([{ name: other.name, row: other, snapshot: 's', entries: [] }]);
    expect(store.listExecutions('w', { limit: 2, offset: 1 }).map(({ name }) => name)).toEqual([
      row('2').name,
      row('1').name,
    ]);
  });

  test('keeps the latest state of each step entry, in order', () => {
    const store = make();
    const commit = (...entries: ReturnType<typeof entry>[]) =>
      store.commit([{ name: row('1').name, row: row('1'), snapshot: 's', entries }]);
    commit(entry(1, 'STATE_SUCCEEDED'), entry(2, 'STATE_IN_PROGRESS'));
    commit(entry(3, 'STATE_SUCCEEDED'), entry(2, 'STATE_SUCCEEDED'));
    expect(store.listStepEntries(row('1').name)).toEqual([1, 2, 3].map((id) => entry(id, 'STATE_SUCCEEDED')));
    expect(store.listStepEntries('none')).toEqual([]);
  });
});

test('a commit to SQLite is written as a whole or not at all', () => {
  const database = sqlite();
  const store = sqliteExecutionStore(database);
  const broken = { ...row('2'), state: null as unknown as 'ACTIVE' };
  const changes = [row('1'), broken].map((each) => ({ name: each.name, row: each, snapshot: 's', entries: [] }));
  expect(() => store.commit(changes)).toThrow();
  expect(store.listUnfinished()).toEqual([]);
  store.commit(changes.slice(0, 1));
  expect(store.listUnfinished()).toHaveLength(1);
});

test('an execution goes on in a new executor over the same SQLite database', async () => {
  const database = sqlite();
  const clock = manualClock();
  const first = workflowExecutor({ store: sqliteExecutionStore(database), clock });
  first.deploy({
    workflowId: 'w',
    source: `- a:\n    assign: [{x: 1.0}]\n- nap:\n    call: sys.sleep\n    args: {seconds: 9}\n- d:\n    return: '\${get_type(x)}'\n`,
  });
  const { name } = await first.createExecution({ workflowId: 'w' });
  first.close();
  const second = workflowExecutor({ store: sqliteExecutionStore(database), clock });
  expect(second.resumeAll()).toBe(1);
  expect((await finish(second, clock, name)).result).toBe('"double"');
  expect(second.stepEntries(name).map(({ step, state }) => [step, state])).toEqual([
    ['a', 'STATE_SUCCEEDED'],
    ['nap', 'STATE_SUCCEEDED'],
    ['d', 'STATE_SUCCEEDED'],
  ]);
  second.close();
});
