/** What was seen of a range: the three states of its minutes kept apart, and what is left out on purpose. */
import type { SloCharts } from '~/ipc/client';

export type Kind = 'unobserved' | 'empty' | 'excluded';
const KINDS: Kind[] = ['excluded', 'unobserved', 'empty'];

export interface Part {
  kind: Kind;
  /** Unix seconds. */
  from: number;
  to: number;
  /** Minutes of that kind inside. */
  minutes: number;
  reason: string;
}

/** Runs of steps that hold minutes of one kind; a single such minute marks its step. */
export function sight(charts: SloCharts): Part[] {
  const parts: Part[] = [];
  charts.t.forEach((to, i) => {
    const kind = KINDS.find((one) => (charts[one][i] ?? 0) > 0);
    if (!kind) return;
    const [from, minutes] = [charts.t[i - 1] ?? to - charts.step_s, charts[kind][i] ?? 0];
    const last = parts.at(-1);
    if (last && last.kind === kind && from - last.to < charts.step_s / 2) {
      last.to = to;
      last.minutes += minutes;
    } else parts.push({ kind, from, to, minutes, reason: '' });
  });
  for (const part of parts.filter(({ kind }) => kind === 'excluded'))
    part.reason = charts.exclusions
      .filter((one) => one.from < part.to && part.from < one.to)
      .map(({ text }) => text)
      .join('; ');
  return parts;
}

/** Minutes of each kind in the whole range, those there are. */
export function sightSums(charts: SloCharts): { kind: Kind; minutes: number }[] {
  return KINDS.map((kind) => ({ kind, minutes: charts[kind].reduce((sum, n) => sum + n, 0) })).filter(
    ({ minutes }) => minutes > 0,
  );
}
