import type { DuelReply } from './count-vote.ts';
import type { DuelMachine, DuelResult } from './duel.ts';
import type { DuelQuestion } from './questions.ts';

export interface DuelBudget {
  /** HTTP requests of the whole duel, repeats included. */
  readonly calls: number;
  /** Requests for one question. */
  readonly callsPerQuestion: number;
  /** Undefined: no limit on money. */
  readonly microUsd: number | undefined;
  /** Questions under way at a time. */
  readonly concurrency: number;
}

export interface DuelAllowance {
  readonly calls: number;
  readonly microUsd: number | undefined;
}

/** Asks one question within its allowance. Never rejects. */
export type AskDuelQuestion = (question: DuelQuestion, allowance: DuelAllowance) => Promise<DuelReply>;

export interface DuelRun extends DuelResult {
  readonly calls: number;
  /** Null when some cost is not known. */
  readonly costMicroUsd: number | null;
}

const spent: DuelReply = { status: 'no_answer', reason: 'budget_spent', calls: 0, costMicroUsd: 0 };

/** Keeps the books: what is promised to questions under way is not promised twice. */
function ledger(budget: DuelBudget) {
  let callsLeft = budget.calls;
  let moneyLeft = budget.microUsd;
  let calls = 0;
  let cost: number | null = 0;
  let underWay = 0;
  return {
    total: () => ({ calls, costMicroUsd: cost }),
    /** A share of what is left, so that every question that may start now can have as much. */
    reserve(waiting: number): DuelAllowance {
      const sharers = Math.max(1, Math.min(budget.concurrency - underWay, waiting));
      underWay++;
      const allowance = {
        calls: Math.min(budget.callsPerQuestion, callsLeft),
        microUsd: moneyLeft === undefined ? undefined : Math.floor(moneyLeft / sharers),
      };
      callsLeft -= allowance.calls;
      if (moneyLeft !== undefined) moneyLeft -= allowance.microUsd ?? 0;
      return allowance;
    },
    settle(allowance: DuelAllowance, reply: DuelReply): void {
      underWay--;
      calls += reply.calls;
      callsLeft += allowance.calls - reply.calls;
      cost = cost === null || reply.costMicroUsd === null ? null : cost + reply.costMicroUsd;
      if (moneyLeft !== undefined) moneyLeft += (allowance.microUsd ?? 0) - (reply.costMicroUsd ?? 0);
    },
  };
}

/** Runs a duel to its end. Questions beyond the budget are not asked; they count as no vote. */
export async function runDuel(machine: DuelMachine, ask: AskDuelQuestion, budget: DuelBudget): Promise<DuelRun> {
  const books = ledger(budget);
  const answerAll = async (questions: readonly DuelQuestion[]): Promise<DuelReply[]> => {
    const replies: DuelReply[] = new Array(questions.length);
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < questions.length) {
        const at = next++;
        const allowance = books.reserve(questions.length - at);
        const reply = allowance.calls < 1 ? spent : await ask(questions[at]!, allowance);
        books.settle(allowance, reply);
        replies[at] = reply;
      }
    };
    await Promise.all(Array.from({ length: Math.min(budget.concurrency, questions.length) }, work));
    return replies;
  };
  let step = machine.next();
  while (!step.done) step = machine.next(await answerAll(step.value));
  return { ...step.value, ...books.total() };
}
