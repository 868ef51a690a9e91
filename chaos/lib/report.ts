import type { Difference } from './comparer.ts';
import type { FaultKind } from './plan.ts';
import type { SubjectResult } from './subject.ts';

export interface Report {
  readonly seed: number;
  readonly seconds: number;
  readonly sessions: number;
  readonly faults: { readonly total: number; readonly byKind: Partial<Record<FaultKind, number>> };
  /** Over all clients: `foreign` was seen though R never wrote it. */
  readonly bytes: {
    readonly compared: number;
    readonly lost: number;
    readonly doubled: number;
    readonly foreign: number;
  };
  readonly inputs: {
    readonly sent: number;
    readonly read: number;
    readonly discarded: number;
    readonly lost: number;
    readonly doubled: number;
  };
  readonly leaks: readonly string[];
  /** Everything else that should not be, and where differences are. */
  readonly problems: readonly string[];
}

export class Tally {
  readonly #bytes = { compared: 0, lost: 0, doubled: 0, foreign: 0 };
  readonly #inputs = { sent: 0, read: 0, discarded: 0, lost: 0, doubled: 0 };
  readonly problems: string[] = [];
  #sessions = 0;

  difference(who: string, { bytes, lost, doubled, foreign, notes }: Difference): void {
    this.#bytes.compared += bytes;
    this.#bytes.lost += lost;
    this.#bytes.doubled += doubled;
    this.#bytes.foreign += foreign;
    this.problems.push(...notes.map((note) => `${who}: ${note}`));
  }

  subject({ name, differences, inputs, problems }: SubjectResult): void {
    this.#sessions++;
    differences.forEach((difference, n) => this.difference(`${name}, client ${n + 1}`, difference));
    for (const key of ['sent', 'read', 'discarded', 'lost', 'doubled'] as const)
      this.#inputs[key] += inputs[key];
    this.problems.push(...inputs.notes.map((note) => `${name}: ${note}`), ...problems);
  }

  report(rest: Pick<Report, 'seed' | 'seconds' | 'faults' | 'leaks'>): Report {
    const { problems } = this;
    return { ...rest, sessions: this.#sessions, bytes: this.#bytes, inputs: this.#inputs, problems };
  }
}

export function isClean({ bytes, inputs, leaks, problems }: Report): boolean {
  const wrong = bytes.lost + bytes.doubled + bytes.foreign + inputs.lost + inputs.doubled;
  return wrong === 0 && leaks.length === 0 && problems.length === 0;
}

export function textOf(report: Report): string {
  const { faults, bytes, inputs, leaks, problems } = report;
  const kinds = Object.entries(faults.byKind).sort(([, a], [, b]) => b - a);
  const list = (title: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [title, ...items.map((item) => `  ${item}`)];
  return [
    `faults   ${faults.total} in ${Math.round(report.seconds)} s over ${report.sessions} sessions`,
    `         ${kinds.map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
    `bytes    ${bytes.compared} compared, ${bytes.lost} lost, ${bytes.doubled} doubled, ${bytes.foreign} foreign`,
    `inputs   ${inputs.sent} sent, ${inputs.read} read, ${inputs.discarded} discarded by interrupts, ` +
      `${inputs.lost} lost, ${inputs.doubled} doubled`,
    `leaks    ${leaks.length}`,
    ...list('left behind:', leaks),
    ...list('problems:', problems),
    `seed     ${report.seed}: ${isClean(report) ? 'clean' : 'NOT clean'}`,
  ].join('\n');
}
