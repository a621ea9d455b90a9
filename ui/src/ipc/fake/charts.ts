/** Made-up charts: a burn-down whose last point is the row's own figure, and a past with gaps, quiet nights and turns. */
import type { ExclusionRow, IncidentView, SloCharts, SloRow } from '../client';
import { NOW, random } from './world';

const POINTS = 240;
const WINDOW_S = 30 * 86_400;

export function chartsOf(
  row: SloRow,
  hours: number | null,
  incidents: IncidentView[],
  excluded: ExclusionRow[],
): SloCharts {
  const range = Math.min(WINDOW_S, (hours ?? WINDOW_S / 3600) * 3600);
  const step = range / POINTS;
  const minutes = step / 60;
  const from = NOW - range;
  const allowed = row.allowed;
  const bad = row.bad ?? 0;
  const burning = (row.burn_rate ?? 0) > 1;
  const charts: SloCharts = {
    t: [],
    remaining: [],
    spent: [],
    sli: [],
    low: [],
    total: [],
    bad: [],
    unobserved: [],
    empty: [],
    excluded: [],
    allowed,
    objective: row.objective,
    step_s: step,
    window_from: NOW - WINDOW_S,
    period_to: null,
    projected: null,
    exclusions: excluded
      .filter((one) => one.slos.includes(row.name) && one.undone_by === null)
      .map((one) => ({
        id: one.id,
        text: one.reason,
        from: Date.parse(one.from) / 1000,
        to: Date.parse(one.to) / 1000,
      })),
    incidents: incidents
      .filter((one) => one.slos.includes(row.name))
      .map((one) => ({
        id: one.id,
        text: one.title,
        from: Math.max(from, Date.parse(one.times.impact_start ?? '') / 1000 || NOW - 3600),
        to: one.times.mitigated ? Date.parse(one.times.mitigated) / 1000 : NOW,
      }))
      .filter((one) => one.to > from),
    deeds: incidents
      .filter((one) => one.slos.includes(row.name))
      .flatMap((one) =>
        one.entries
          .filter(({ kind, struck }) => kind === 'marked' && struck === null)
          .map(({ at, text }) => ({
            at: Date.parse(at) / 1000,
            mark: text.split(':')[0] ?? 'deploy',
            text: text.replace(/^\w+: /, ''),
            incident: one.id,
          })),
      )
      .filter(({ at }) => at >= from),
    turns: [
      { at: NOW - 260_000, text: 'burns 1.4× over 3 d', state: 'burning' },
      { at: NOW - 250_000, text: 'stopped burning', state: 'calm' },
      { at: NOW - 9_820, text: 'no data: the source answered 503', state: 'blind' },
      { at: NOW - 9_100, text: 'seen again', state: 'calm' },
      { at: NOW - 1_900, text: row.reason ?? 'changed', state: row.state },
    ].filter((turn) => turn.at >= from),
  };
  for (let i = 1; i <= POINTS; i++) {
    const end = from + i * step;
    // Two stretches and a slow rest, as the ledger tells them.
    const done = (end - (NOW - WINDOW_S)) / WINDOW_S;
    const ramp = (a: number, b: number) => Math.min(1, Math.max(0, (end - a) / (b - a)));
    const spent =
      bad *
      (0.26 * done +
        0.17 * ramp(NOW - 260_040, NOW - 255_900) +
        0.11 * ramp(NOW - 1_037_400, NOW - 1_034_100) +
        0.46 * (burning ? ramp(NOW - 2_800, NOW) : done));
    const blind =
      (end > NOW - 720_000 && end < NOW - 700_000) || (row.state === 'blind' && end > NOW - 2_400);
    const total = Math.round(((row.total ?? 100_000) / WINDOW_S) * step * (0.7 + 0.5 * Math.sin(done * 180)));
    const inStep = Math.round(spent - (charts.spent.at(-1) ?? spent));
    const seen = Math.max(total, Math.round(inStep * 1.6));
    charts.t.push(end);
    charts.spent.push(Math.round(spent));
    charts.remaining.push(allowed === null ? null : 1 - spent / allowed);
    charts.bad.push(blind ? null : inStep);
    charts.total.push(blind ? null : seen);
    charts.sli.push(blind || total === 0 ? null : 1 - inStep / seen);
    charts.low.push(blind || total === 0 ? null : Math.max(0, 1 - (inStep / seen) * (1.5 + random())));
    charts.unobserved.push(blind ? minutes : 0);
    charts.empty.push(!blind && i % 34 < 2 ? minutes : 0);
    const covered = charts.exclusions.map((one) => Math.min(one.to, end) - Math.max(one.from, end - step));
    charts.excluded.push(Math.min(minutes, covered.reduce((sum, s) => sum + Math.max(0, s), 0) / 60));
  }
  return charts;
}
