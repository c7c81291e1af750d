import type { StepEntry } from '../machine/machine-host.ts';
import {
  type ExecutionChange,
  type ExecutionRow,
  type ExecutionStore,
  latestEntries,
  type Revision,
} from './execution-store.ts';

type Parameter = null | number | bigint | string;

/** The part of the node:sqlite API that is used here; `@photostructure/sqlite` has it on Node 20. */
export interface SqliteDatabase {
  exec(sql: string): void;
  prepare(sql: string): {
    run(...parameters: Parameter[]): unknown;
    get(...parameters: Parameter[]): unknown;
    all(...parameters: Parameter[]): unknown[];
  };
}

const schema = `
create table if not exists workflow_revisions (
  sequence integer primary key, workflow_id text not null, revision_id text not null, source text not null,
  create_time integer not null, unique (workflow_id, revision_id));
create table if not exists workflow_executions (
  sequence integer primary key, name text not null unique, workflow_id text not null, revision_id text not null,
  state text not null, argument text not null, labels text not null, start_time integer not null, end_time integer,
  result text, error text);
create index if not exists workflow_executions_by_workflow on workflow_executions (workflow_id, sequence);
create table if not exists workflow_snapshots (name text primary key, snapshot text not null) without rowid;
create table if not exists workflow_step_entries (
  sequence integer primary key, name text not null, entries text not null);
create index if not exists workflow_step_entries_by_name on workflow_step_entries (name, sequence);
`;

const columns = 'name, workflow_id, revision_id, state, argument, labels, start_time, end_time, result, error';

interface RevisionRecord {
  readonly workflow_id: string;
  readonly revision_id: string;
  readonly source: string;
  readonly create_time: number;
}

interface ExecutionRecord {
  readonly name: string;
  readonly workflow_id: string;
  readonly revision_id: string;
  readonly state: ExecutionRow['state'];
  readonly argument: string;
  readonly labels: string;
  readonly start_time: number;
  readonly end_time: number | null;
  readonly result: string | null;
  readonly error: string | null;
}

/** An execution store in tables `workflow_*` of an open SQLite database. The caller opens, tunes and closes the database. */
export function sqliteExecutionStore(database: SqliteDatabase): ExecutionStore {
  database.exec(schema);
  const statements = {
    revision: database.prepare('select * from workflow_revisions where workflow_id = ? and revision_id = ?'),
    execution: database.prepare(`select ${columns} from workflow_executions where name = ?`),
    entries: database.prepare('select entries from workflow_step_entries where name = ? order by sequence'),
    page: database.prepare(
      `select ${columns} from workflow_executions where workflow_id = ? order by sequence desc limit ? offset ?`,
    ),
  };
  return {
    saveRevision({ workflowId, revisionId, source, createTime }) {
      database
        .prepare('insert into workflow_revisions (workflow_id, revision_id, source, create_time) values (?, ?, ?, ?)')
        .run(workflowId, revisionId, source, createTime);
    },
    loadRevision: (workflowId, revisionId) => toRevision(statements.revision.get(workflowId, revisionId)),
    listLatestRevisions: () =>
      database
        .prepare(
          'select * from workflow_revisions where sequence in (select max(sequence) from workflow_revisions group by workflow_id)',
        )
        .all()
        .flatMap((record) => toRevision(record) ?? []),
    commit: committer(database),
    loadExecution: (name) => toRow(statements.execution.get(name)),
    listUnfinished: () =>
      database
        .prepare(
          `select ${columns}, snapshot from workflow_executions join workflow_snapshots using (name) order by sequence`,
        )
        .all()
        .map((record) => ({ row: toRow(record)!, snapshot: (record as { snapshot: string }).snapshot })),
    listExecutions: (workflowId, { limit, offset }) =>
      statements.page.all(workflowId, limit, offset).flatMap((record) => toRow(record) ?? []),
    listStepEntries: (name) =>
      latestEntries(
        statements.entries
          .all(name)
          .flatMap((record) => JSON.parse((record as { entries: string }).entries) as StepEntry[]),
      ),
  };
}

/** One transaction for all changes: with many executions at a time, the commits of one turn of the event loop are shared. */
function committer(database: SqliteDatabase): ExecutionStore['commit'] {
  const saveRow = database.prepare(
    `insert into workflow_executions (${columns}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (name) do update set state = excluded.state, end_time = excluded.end_time, result = excluded.result,
     error = excluded.error`,
  );
  const saveSnapshot = database.prepare(
    'insert into workflow_snapshots (name, snapshot) values (?, ?) on conflict (name) do update set snapshot = excluded.snapshot',
  );
  const dropSnapshot = database.prepare('delete from workflow_snapshots where name = ?');
  const addEntries = database.prepare('insert into workflow_step_entries (name, entries) values (?, ?)');
  const save = ({ name, row, snapshot, entries }: ExecutionChange) => {
    if (row !== undefined) saveRow.run(...toParameters(row));
    if (snapshot === null) dropSnapshot.run(name);
    else saveSnapshot.run(name, snapshot);
    if (entries.length > 0) addEntries.run(name, JSON.stringify(entries));
  };
  return (changes) => {
    database.exec('begin immediate');
    try {
      for (const change of changes) save(change);
      database.exec('commit');
    } catch (error) {
      database.exec('rollback');
      throw error;
    }
  };
}

function toParameters(row: ExecutionRow): Parameter[] {
  const { name, workflowId, revisionId, state, argument, labels, startTime, endTime, result, error } = row;
  const written = JSON.stringify(labels);
  return [name, workflowId, revisionId, state, argument, written, startTime, endTime, result, error];
}

function toRow(record: unknown): ExecutionRow | undefined {
  if (record === undefined || record === null) return undefined;
  const { name, state, argument, result, error, ...rest } = record as ExecutionRecord;
  return {
    ...{ name, state, argument, result, error },
    workflowId: rest.workflow_id,
    revisionId: rest.revision_id,
    labels: JSON.parse(rest.labels) as Record<string, string>,
    startTime: rest.start_time,
    endTime: rest.end_time,
  };
}

function toRevision(record: unknown): Revision | undefined {
  if (record === undefined || record === null) return undefined;
  const { workflow_id, revision_id, source, create_time } = record as RevisionRecord;
  return { workflowId: workflow_id, revisionId: revision_id, source, createTime: create_time };
}
