/** What is tried and how a replay is drawn, as plain values. */
import type { Backtest, BacktestRun, ChangeForm } from '~/ipc/client';
import { percent } from '~/shared/format/number';
import { unix } from '~/shared/format/time';

/** Nothing changed: the definition as it stands. */
export function unchanged(): ChangeForm {
  return { objective: null, under: null, window: null, method: null, empty: null, rules: [] };
}

/** A latency boundary as it is typed: `500ms`, `1s`. */
export function boundary(seconds: number): string {
  return seconds < 1 ? `${Number((seconds * 1000).toPrecision(6))}ms` : `${Number(seconds.toPrecision(6))}s`;
}

/** `99 % under 500 ms`, as a person says it. */
export function promised(objectivePercent: string, underS: number | null): string {
  const under =
    underS === null
      ? ''
      : underS < 1
        ? ` under ${Number((underS * 1000).toPrecision(6))} ms`
        : ` under ${Number(underS.toPrecision(6))} s`;
  return `${objectivePercent} %${under}`;
}

/** One bar of a lane: where it lies, 0 to 1, and what it is. */
export interface Bar {
  left: number;
  width: number;
  what: 'page' | 'ticket' | 'exhausted';
  start: string;
  end: string | null;
  spent: number | null;
}

/** Alerts and exhausted stretches over the replayed time. */
export function bars(run: BacktestRun): Bar[] {
  const from = unix(run.from) ?? 0;
  const to = unix(run.to) ?? from;
  const length = Math.max(to - from, 1);
  const place = (what: Bar['what'], start: string, end: string | null, spent: number | null): Bar => {
    const left = ((unix(start) ?? from) - from) / length;
    const right = ((unix(end) ?? to) - from) / length;
    return { left, width: Math.max(right - left, 0), what, start, end, spent };
  };
  return [
    ...run.exhausted.map((s) => place('exhausted', s.start, s.end, null)),
    ...run.alerts.map((a) => place(a.severity === 'page' ? 'page' : 'ticket', a.start, a.end, a.spent)),
  ];
}

/** The share left as a line over a box of 1000 by 100; gaps where it is unknown. The top is a full budget, the bottom the worst. */
export function line(left: (number | null)[], lowest: number): string {
  const floor = Math.min(lowest, 0);
  const y = (value: number) => ((1 - Math.max(value, floor)) / (1 - floor)) * 100;
  let pen = 'M';
  return left
    .map((value, i) => {
      if (value === null) {
        pen = 'M';
        return '';
      }
      const point = `${pen}${((i + 1) / left.length) * 1000} ${y(value).toFixed(2)}`;
      pen = 'L';
      return point;
    })
    .join('');
}

/** Where nothing is left lies in that box. */
export function zero(lowest: number): number {
  const floor = Math.min(lowest, 0);
  return (1 / (1 - floor)) * 100;
}

/** The worst share left that is drawn: what is overdrawn more than once over is cut off. */
export function lowest(runs: BacktestRun[]): number {
  const known = runs.flatMap((run) => run.left).filter((value) => value !== null);
  return Math.max(Math.min(0, ...known), -1);
}

/** The picture in one sentence, for those who do not see it. */
export function summary(backtest: Backtest): string {
  const of = (run: BacktestRun) =>
    `${run.pages} pages, ${run.tickets} tickets, at most ${percent(run.consumed_max)} of the budget spent`;
  return `Tried: ${of(backtest)}. As it stands: ${of(backtest.compared_with)}.`;
}

const VERDICTS: Record<string, string> = {
  earlier: 'warned earlier',
  later: 'warned later',
  same: 'warned at the same time',
  caught: 'warned, as the present one does not',
  missed: 'missed, though the present one warns',
  neither: 'missed by both',
};

/** What the tried definition makes of an incident. */
export function verdict(word: string): string {
  return VERDICTS[word] ?? word;
}
