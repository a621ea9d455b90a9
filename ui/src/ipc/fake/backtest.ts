/** Made-up replays: what a definition as tried would have done beside the same as it stands. */
import type {
  AdoptForm,
  Adopted,
  Backtest,
  BacktestAlert,
  BacktestForm,
  BacktestRun,
  SloRow,
  Tightenings,
} from '../client';
import { Fault } from '../client';
import { NASTY, NOW, type Mode } from './world';

const DAY = 86_400;
const BOUNDARIES = [0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];
const iso = (at: number) => new Date(at * 1000).toISOString().replace('.000', '');
const latency = (row: SloRow) => row.name.includes('load');

function run(
  row: SloRow,
  from: number,
  objective: number,
  under: number | null,
  window: string,
): BacktestRun {
  const strict = objective > row.objective || (under !== null && under < 1);
  const alert = (severity: string, start: number, end: number | null, spent: number): BacktestAlert => ({
    severity,
    start: iso(start),
    end: end === null ? null : iso(end),
    spent,
    warming: false,
  });
  const alerts = [
    alert('ticket', NOW - 61 * DAY, NOW - 59 * DAY, 0.12),
    ...(strict
      ? [
          alert('page', NOW - 25.6 * DAY, NOW - 23.9 * DAY, 0.08),
          alert('ticket', NOW - 25.5 * DAY, NOW - 23.2 * DAY, 0.1),
          alert('ticket', NOW - 9 * DAY, null, 0.41),
          alert('page', NOW - 8.9 * DAY, null, 0.43),
        ]
      : [alert('ticket', NOW - 25.1 * DAY, NOW - 23.8 * DAY, 0.06), alert('page', NOW - 2_400, null, 0.86)]),
  ].filter((one) => Date.parse(one.end ?? iso(NOW)) / 1000 > from);
  const exhausted = strict
    ? [{ start: iso(NOW - 6.2 * DAY), end: null }]
    : [{ start: iso(NOW - 900), end: null }];
  const steps = 180;
  const left = Array.from({ length: steps }, (_, i) => {
    const at = from + ((NOW - from) * (i + 1)) / steps;
    const spent = (start: number, end: number, much: number) =>
      Math.max(0, Math.min(1, (at - start) / (end - start))) * (at > start + 30 * DAY ? 0 : much);
    const gone =
      0.06 +
      spent(NOW - 61 * DAY, NOW - 59 * DAY, 0.2) +
      spent(NOW - 25.6 * DAY, NOW - 24 * DAY, strict ? 0.5 : 0.3) +
      spent(NOW - 9 * DAY, NOW, strict ? 0.9 : 0.4) +
      spent(NOW - 3_600, NOW, 0.3);
    return i > 40 && i < 44 ? null : 1 - gone;
  });
  const known = left.filter((value) => value !== null);
  return {
    objective,
    window,
    method: 'occurrences',
    under_s: under,
    from: iso(from),
    to: iso(NOW),
    alerts,
    rules: [],
    exhausted,
    consumed_max: 1 - Math.min(...known),
    consumed_max_at: iso(NOW),
    consumed: 1 - (known.at(-1) ?? 1),
    coverage: 0.9993,
    blind_s: 0,
    full_from: iso(from),
    pages: alerts.filter((one) => one.severity === 'page').length,
    tickets: alerts.filter((one) => one.severity === 'ticket').length,
    nights_woken: strict ? 2 : 1,
    left,
  };
}

export function backtestOf(row: SloRow, form: BacktestForm, mode: Mode, incident: string | null): Backtest {
  const percent = form.change.objective === null ? row.objective * 100 : Number(form.change.objective);
  if (!(percent > 1 && percent < 100))
    throw new Fault('refused', `\`${form.change.objective}\` is not a percentage; write it as 99.9`, null);
  const at = form.change.under;
  const under = at?.endsWith('ms') ? parseFloat(at) / 1000 : at ? parseFloat(at) : 1;
  const young = mode === 'hostile';
  const from = young ? NOW : NOW - form.days * DAY;
  const present = run(row, from, row.objective, latency(row) ? 1 : null, row.window);
  const tried = run(row, from, percent / 100, latency(row) ? under : null, form.change.window ?? row.window);
  const earlier = tried.pages > present.pages || tried.alerts.length > present.alerts.length;
  return {
    ...tried,
    name: row.name,
    compared_with: present,
    incidents: incident
      ? [
          {
            id: incident,
            title: 'Customer settings: first load 14× too slow',
            start: iso(NOW - 3_000),
            end: null,
            warned: iso(NOW - 2_400),
            would_warn: iso(earlier ? NOW - 9 * DAY : NOW - 2_400),
            earlier_s: earlier ? 9 * DAY - 2_400 : 0,
            verdict: earlier ? 'earlier' : 'same',
          },
        ]
      : [],
    notes: mode === 'hostile' ? [NASTY[0] ?? ''] : ['0.07 % of the stretch was not observed'],
    zone: 'local',
    t: present.left.map((_, i) => from + ((NOW - from) * (i + 1)) / present.left.length),
    boundaries: latency(row) ? BOUNDARIES : [],
  };
}

export function tighteningsOf(rows: SloRow[], incident: string | null, mode: Mode): Tightenings {
  const row = rows.find(latency) ?? rows[0];
  const quiet = mode === 'many' || !row || row.objective >= 0.99;
  const bad = NASTY[0] ?? '';
  return {
    proposals: quiet
      ? []
      : [
          {
            slo: row.id,
            name: row.name,
            title: mode === 'hostile' ? bad : row.title,
            direction: 'tighter',
            objective_percent: '99',
            under_s: latency(row) ? 0.5 : null,
            present_objective_percent: String(row.objective * 100),
            present_under_s: latency(row) ? 1 : null,
            sentence:
              'At 99 % under 500 ms you would have been warned 9 days earlier, with 2 more alerts in 90 days.',
            arithmetic: [
              {
                figure: 'earlier',
                value: '8 d 23 h',
                formula: 'first warning along the journey as it stands − first warning at the proposal',
                numbers: `${iso(NOW - 2_400)} − ${iso(NOW - 9 * DAY)}`,
              },
              {
                figure: 'alerts',
                value: '+2',
                formula: 'alerts at the proposal − alerts as it stands',
                numbers: '5 (2 pages, 3 tickets) − 3 (1 page, 2 tickets)',
              },
            ],
            incident,
            about: incident
              ? 'Customer settings: first load 14× too slow'
              : 'the budget of First load was gone',
            earlier_s: 9 * DAY - 2_400,
            alerts: 5,
            present_alerts: 3,
          },
        ],
    rule: 'Tighter: warns at least 1 h before anything along the journey did, alerts less than half of the time, adds at most one alert in 15 days; earliest warning first, then fewest alerts.',
    tried: 24,
    days: 90,
    notes: [],
  };
}

export function adoptedOf(row: SloRow, form: AdoptForm): Adopted {
  const said = (percent: string, under: number | null) =>
    `${percent} %${under === null ? '' : ` under ${under} s`}`;
  const before = {
    percent: String(Number((row.objective * 100).toPrecision(9))),
    under: latency(row) ? 1 : null,
  };
  return {
    slo: row.id,
    name: row.name,
    change: `${said(before.percent, before.under)} → ${said(form.objective_percent, form.under_s)}`,
    undo: { ...form, objective_percent: before.percent, under_s: before.under, why: 'Taken back.' },
  };
}
