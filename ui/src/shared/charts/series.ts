/** What a chart shows, as plain values: lines, the objective, and the words for those who do not see it. */
import type { SloCharts } from '~/ipc/client';
import { objective, percent } from '~/shared/format/number';

export interface Plot {
  title: string;
  summary: string;
  t: number[];
  values: (number | null)[];
  /** A level to hold, drawn as a line. */
  level: { at: number; says: string } | null;
  /** Unobserved spans, from and to in unix seconds. */
  bands: [number, number][];
  show: (value: number | null) => string;
  min: number;
  max: number;
  tone: 'budget' | 'indicator';
}

/** What was left of the budget, over time. Zero is the level to stay above. */
export function burnDown(charts: SloCharts): Plot {
  const known = charts.remaining.filter((value) => value !== null);
  const [low, high] = [Math.min(0, ...known), Math.max(...known, 0.05)];
  const last = known.at(-1) ?? null;
  return {
    title: 'Budget left',
    summary: `Budget left: from ${percent(known[0] ?? null)} to ${percent(last)}, lowest ${percent(known.length ? Math.min(...known) : null)}.`,
    t: charts.t,
    values: charts.remaining,
    level: { at: 0, says: 'nothing left' },
    bands: bandsOf(charts),
    show: (value) => percent(value),
    min: low - (high - low) * 0.06,
    max: Math.min(1, high + (high - low) * 0.08) + 0.005,
    tone: 'budget',
  };
}

/** The indicator step by step, against its objective. */
export function indicator(charts: SloCharts): Plot {
  const known = charts.sli.filter((value) => value !== null);
  const worst = known.length ? Math.min(...known) : charts.objective;
  const low = Math.min(worst, charts.objective);
  return {
    title: 'Indicator',
    summary: `Indicator: lowest ${percent(worst, 2)}, last ${percent(known.at(-1) ?? null, 2)}, objective ${objective(charts.objective)}.`,
    t: charts.t,
    values: charts.sli,
    level: { at: charts.objective, says: `objective ${objective(charts.objective)}` },
    bands: bandsOf(charts),
    show: (value) => percent(value, 2),
    min: Math.max(0, low - Math.max(1 - low, 0.0005) * 0.12),
    max: 1,
    tone: 'indicator',
  };
}

function bandsOf(charts: SloCharts): [number, number][] {
  const bands: [number, number][] = [];
  charts.t.forEach((end, i) => {
    if ((charts.coverage[i] ?? 0) >= 0.5) return;
    const start = end - charts.step_s;
    const last = bands.at(-1);
    if (last && start - last[1] < charts.step_s / 2) last[1] = end;
    else bands.push([start, end]);
  });
  return bands;
}
