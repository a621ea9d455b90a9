/** What a chart shows, as plain values: lines, the objective, and the words for those who do not see it. */
import type { SloCharts } from '~/ipc/client';
import { duration } from '~/shared/format/duration';
import { count, NONE, objective, percent } from '~/shared/format/number';

export interface Plot {
  title: string;
  summary: string;
  t: number[];
  values: (number | null)[];
  /** A level to hold, drawn as a line. */
  level: { at: number; says: string } | null;
  /** Unobserved spans, from and to in unix seconds. */
  bands: [number, number][];
  /** Excluded spans, shaded. */
  excluded?: [number, number][];
  /** A second, fainter line: the worst within each step. */
  low?: (number | null)[];
  /** Where the line goes on dashed to: what is expected, not counted. */
  projected?: { t: number; value: number };
  /** What was done to the system, drawn as upright lines. */
  deeds?: SloCharts['deeds'];
  show: (value: number | null) => string;
  /** The arithmetic of one point; what `show` says without it. */
  arithmetic?: (index: number) => string;
  min: number;
  max: number;
  tone: 'budget' | 'indicator';
}

/**
 * What was left of the present window's budget, over time: full where the window starts, the figure of the box where
 * it ends. Zero is the level to stay above.
 */
export function burnDown(charts: SloCharts): Plot {
  const counted = charts.remaining.filter((value) => value !== null);
  const whole = (charts.t[0] ?? 0) - charts.step_s <= charts.window_from;
  const start = whole && counted.length > 0;
  // The left edge is the window's start, where nothing is spent yet.
  const t = start ? [charts.window_from, ...charts.t] : charts.t;
  const values = start ? [1, ...charts.remaining] : charts.remaining;
  const known = values.filter((value) => value !== null);
  const projected = projection(charts);
  const [low, high] = [Math.min(0, projected?.value ?? 0, ...known), Math.max(...known, 0.05)];
  const last = known.at(-1) ?? null;
  return {
    title: 'Budget left',
    summary: `Budget left: from ${percent(known[0] ?? null)} to ${percent(last)}, lowest ${percent(known.length ? Math.min(...known) : null)}.`,
    t,
    values,
    level: { at: 0, says: 'nothing left' },
    bands: bandsOf(charts),
    excluded: charts.exclusions.map(({ from, to }) => [from, to]),
    projected,
    deeds: charts.deeds,
    show: (value) => percent(value),
    arithmetic: (index) =>
      start && index === 0 ? '100 %, the window starts here' : budgetAt(charts, index - (start ? 1 : 0)),
    min: low - (high - low) * 0.06,
    max: Math.min(1, high + (high - low) * 0.08) + 0.005,
    tone: 'budget',
  };
}

/** The indicator step by step, against its objective. */
export function indicator(charts: SloCharts): Plot {
  const known = [...charts.sli, ...charts.low].filter((value) => value !== null);
  const worst = known.length ? Math.min(...known) : charts.objective;
  const low = Math.min(worst, charts.objective);
  return {
    title: 'Indicator',
    summary: `Indicator: lowest ${percent(worst, 2)}, last ${percent(charts.sli.findLast((value) => value !== null) ?? null, 2)}, objective ${objective(charts.objective)}.`,
    t: charts.t,
    values: charts.sli,
    low: charts.step_s > 60 ? charts.low : undefined,
    level: { at: charts.objective, says: `objective ${objective(charts.objective)}` },
    bands: bandsOf(charts),
    excluded: charts.exclusions.map(({ from, to }) => [from, to]),
    deeds: charts.deeds,
    show: (value) => percent(value, 2),
    arithmetic: (index) => indicatorAt(charts, index),
    min: Math.max(0, low - Math.max(1 - low, 0.0005) * 0.12),
    max: 1,
    tone: 'indicator',
  };
}

/** `33.2 % left = 1 − 1 204 / 1 810; 120 bad of 12 400 in 3 h`. */
function budgetAt(charts: SloCharts, index: number): string {
  const left = charts.remaining[index] ?? null;
  const budget =
    left === null
      ? 'budget not known yet'
      : `${percent(left)} left = 1 − ${count(charts.spent[index])} / ${count(charts.allowed)}`;
  return [budget, stepAt(charts, index)].join('; ');
}

function indicatorAt(charts: SloCharts, index: number): string {
  const ratio = charts.sli[index] ?? null;
  const low = charts.low[index] ?? null;
  const worst = charts.step_s > 60 && low !== null ? `; worst minute ${percent(low, 2)}` : '';
  return `${ratio === null ? NONE : percent(ratio, 2)}: ${stepAt(charts, index)}${worst}`;
}

/** What one step counted, and what of it was not. */
function stepAt(charts: SloCharts, index: number): string {
  const total = charts.total[index] ?? null;
  const step = duration(charts.step_s);
  const counted =
    total === null
      ? `not observed for ${step}`
      : total === 0
        ? `no traffic in ${step}`
        : `${count(charts.bad[index])} bad of ${count(total)} in ${step}`;
  const minutes = (n: number | undefined, says: string) =>
    n && total !== null ? [`${duration(n * 60)} ${says}`] : [];
  return [
    counted,
    ...minutes(charts.unobserved[index], 'not observed'),
    ...minutes(charts.excluded[index], 'excluded'),
  ].join(', ');
}

/** Where a calendar period ends if it goes on at the present pace. */
function projection(charts: SloCharts): Plot['projected'] {
  const now = charts.t.at(-1);
  if (charts.period_to === null || charts.projected === null || now === undefined) return undefined;
  return charts.period_to > now ? { t: charts.period_to, value: charts.projected } : undefined;
}

function bandsOf(charts: SloCharts): [number, number][] {
  const bands: [number, number][] = [];
  charts.t.forEach((end, i) => {
    const minutes = charts.step_s / 60;
    if ((charts.unobserved[i] ?? 0) <= minutes / 2) return;
    const start = end - charts.step_s;
    const last = bands.at(-1);
    if (last && start - last[1] < charts.step_s / 2) last[1] = end;
    else bands.push([start, end]);
  });
  return bands;
}
