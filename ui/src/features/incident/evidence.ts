/** Frozen slices as a chart, and frozen figures beside those of now. */
import type { Evidence, EvidenceSlo, SloRow } from '~/ipc/client';
import type { Plot } from '~/shared/charts/series';
import { count, objective, percent, rate } from '~/shared/format/number';
import { duration } from '~/shared/format/duration';
import { unix } from '~/shared/format/time';

/** Points of a chart, at most about this many. */
const POINTS = 240;

/** The indicator as it was, step by step; what was not observed is a gap, never a zero. */
export function frozenPlot(evidence: Evidence, slo: EvidenceSlo): Plot {
  const from = unix(evidence.from) ?? 0;
  const steps = Math.max(1, Math.ceil(slo.total.length / POINTS));
  const t: number[] = [];
  const values: (number | null)[] = [];
  const counts: [number, number][] = [];
  const bands: [number, number][] = [];
  for (let i = 0; i < slo.total.length; i += steps) {
    let [good, total, seen] = [0, 0, 0];
    for (let j = i; j < Math.min(i + steps, slo.total.length); j++) {
      const all = slo.total[j];
      if (all === null || all === undefined) continue;
      seen += 1;
      good += slo.good[j] ?? 0;
      total += all;
    }
    const [start, end] = [from + i * slo.step_s, from + Math.min(i + steps, slo.total.length) * slo.step_s];
    t.push(end);
    values.push(total > 0 ? good / total : null);
    counts.push([good, total]);
    if (seen === 0) bands.push([start, end]);
  }
  const known = values.filter((value) => value !== null);
  const target = slo.status.objective;
  const low = Math.min(target, ...known);
  return {
    title: 'Indicator, as frozen',
    summary: `Good share: lowest ${percent(known.length ? Math.min(...known) : null)}, last ${percent(known.at(-1) ?? null)}; the objective is ${objective(target)}.`,
    t,
    values,
    level: { at: target, says: `objective ${objective(target)}` },
    bands: merged(bands),
    show: (value) => percent(value),
    arithmetic: (index) => {
      const [good, total] = counts[index] ?? [0, 0];
      return total > 0 ? `${count(total - good)} bad of ${count(total)}` : 'nothing was seen or asked';
    },
    min: Math.max(0, low - (1 - low) * 0.08),
    max: 1 + (1 - low) * 0.04,
    tone: 'indicator',
  };
}

/** Figures as they were and as they are; null for what is unknown. */
export function figures(slo: EvidenceSlo, live: SloRow | undefined): [string, string, string][] {
  const { status } = slo;
  return [
    ['State', status.state, live?.state ?? 'gone'],
    ['Budget left', percent(status.budget.remaining), percent(live?.remaining ?? null)],
    ['Burn over 1 h', rate(status.burn_rates['1h'] ?? null), rate(live?.burn_rate ?? null)],
    [
      'Gone in',
      duration(status.time_to_exhaustion_s),
      live ? duration(live.time_to_exhaustion_s) : duration(null),
    ],
    ['Bad', count(status.bad), count(live?.bad ?? null)],
    ['All', count(status.total), count(live?.total ?? null)],
  ];
}

function merged(spans: [number, number][]): [number, number][] {
  const all: [number, number][] = [];
  for (const [from, to] of spans) {
    const last = all.at(-1);
    if (last && last[1] === from) last[1] = to;
    else all.push([from, to]);
  }
  return all;
}
