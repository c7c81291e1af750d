import type { Expression } from '../expression/ast.ts';
import { blockingCalls } from '../machine/call-blocking.ts';
import type { CallStep, Program, SourcePosition, Step, TryStep } from '../program/program.ts';
import { templatesOf, walkNodes, walkSteps } from '../program/walk.ts';
import type { BindableParameter } from '../stdlib/bind-arguments.ts';
import { functions } from '../stdlib/functions.ts';
import type { Report } from './report.ts';

const builtInVariables = new Set(
  ['PROJECT_ID', 'PROJECT_NUMBER', 'LOCATION', 'WORKFLOW_ID', 'WORKFLOW_REVISION_ID']
    .concat(['WORKFLOW_EXECUTION_ID', 'WORKFLOW_EXECUTION_ATTEMPT', 'SERVICE_ACCOUNT_NAME'])
    .map((name) => `GOOGLE_CLOUD_${name}`),
);

/** Checks what is called: targets, functions in expressions, arguments, retry predicates and environment names. */
export function checkCalls(program: Program, isConnector: (name: string) => boolean, report: Report): void {
  for (const { body } of program.routines.values()) {
    walkSteps(body, (step) => {
      for (const template of templatesOf(step)) {
        walkNodes(template, (node, at) =>
          checkNode(program, isConnector, node, (code, message) => report(code, step.path, at, message)),
        );
      }
      if (step.kind === 'call') checkCallStep(program, isConnector, step, report);
      if (step.kind === 'try') checkPredicate(program, step, report);
    });
  }
}

type ReportHere = (code: Parameters<Report>[0], message: string) => void;

function checkNode(
  program: Program,
  isConnector: (name: string) => boolean,
  node: Expression,
  report: ReportHere,
): void {
  if (node.kind !== 'call') return;
  const { name, args } = node;
  if (blockingCalls.has(name) || isConnector(name)) {
    report('blocking-in-expression', `${name} blocks: only a call step may call it`);
    return;
  }
  const parameters = functions.get(name)?.parameters ?? program.routines.get(name)?.parameters;
  if (parameters === undefined) {
    report('unknown-function', `there is no function or subworkflow ${name}`);
    return;
  }
  checkCount(name, parameters, args.length, report);
  if (name === 'sys.get_env') checkEnvironmentName(args[0], report);
}

function checkCount(name: string, parameters: readonly BindableParameter[], count: number, report: ReportHere): void {
  const required = parameters.filter(({ fallback }) => fallback === undefined).length;
  if (count >= required && count <= parameters.length) return;
  const expected = required === parameters.length ? `${required}` : `${required} to ${parameters.length}`;
  report('wrong-arguments', `${name} takes ${expected} arguments, not ${count}`);
}

function checkEnvironmentName(name: Expression | undefined, report: ReportHere): void {
  if (name?.kind !== 'literal' || typeof name.value !== 'string') return;
  if (/^(GOOGLE|WORKFLOWS)/.test(name.value) && !builtInVariables.has(name.value)) {
    report('environment-name', `${name.value}: user variables must not begin with GOOGLE or WORKFLOWS`);
  }
}

function checkCallStep(program: Program, isConnector: (name: string) => boolean, step: CallStep, report: Report): void {
  const { target } = step;
  if (isConnector(target)) return;
  const parameters: readonly BindableParameter[] | undefined =
    program.routines.get(target)?.parameters ??
    functions.get(target)?.parameters ??
    blockingCalls.get(target)?.parameters;
  if (parameters === undefined) {
    report('unknown-target', step.path, step, `there is no function, connector or subworkflow ${target}`);
    return;
  }
  const count = argumentCount(step);
  if (count !== undefined)
    checkCount(target, parameters, count, (code, message) => report(code, step.path, step, message));
  const given = argumentNames(step);
  if (given === undefined) return;
  for (const name of given) {
    if (!parameters.some((parameter) => parameter.name === name)) {
      report('wrong-arguments', step.path, step, `${target} has no parameter ${name}`);
    }
  }
  for (const { name, fallback } of parameters) {
    if (fallback === undefined && !given.includes(name)) {
      report('wrong-arguments', step.path, step, `${target} needs the argument ${name}`);
    }
  }
  if (target === 'sys.get_env' && step.args?.kind === 'constant' && step.args.value instanceof Map) {
    const here: ReportHere = (code, message) => report(code, step.path, step, message);
    checkEnvironmentName({ kind: 'literal', value: step.args.value.get('name') ?? null }, here);
  }
}

/** The names of the arguments that a call step gives; undefined when it gives a list, or they are known only when it runs. */
function argumentNames({ args }: CallStep): string[] | undefined {
  if (args === undefined) return [];
  if (args.kind === 'map') return args.entries.map(([name]) => name);
  if (args.kind !== 'constant' || Array.isArray(args.value)) return undefined;
  return args.value instanceof Map ? [...args.value.keys()] : [];
}

/** How many arguments a call step gives as a list. */
function argumentCount({ args }: CallStep): number | undefined {
  if (args?.kind === 'list') return args.items.length;
  return args?.kind === 'constant' && Array.isArray(args.value) ? args.value.length : undefined;
}

function checkPredicate(program: Program, step: TryStep, report: Report): void {
  const name = step.retry?.predicate;
  if (name === undefined) return;
  const at: SourcePosition & Pick<Step, 'path'> = step;
  const parameters = functions.get(name)?.parameters ?? program.routines.get(name)?.parameters;
  if (parameters === undefined) report('unknown-function', at.path, at, `there is no predicate ${name}`);
  else if (parameters.length !== 1) {
    report('wrong-arguments', at.path, at, `the predicate ${name} must take one parameter: the error`);
  }
}
