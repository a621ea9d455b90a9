/** One made-up SLO opened: arithmetic, burn-rate table, charts. */
import type { SloDetail, SloRow } from '../client';
import { NASTY, NOW, keyOf, type Mode } from './world';

const iso = (at: number) => new Date(at * 1000).toISOString();
const thin = (n: number | null) =>
  n === null
    ? '–'
    : Math.round(n)
        .toString()
        .replace(/\B(?=(\d{3})+(?!\d))/g, '\u2009');
const pct = (n: number | null) => (n === null ? '–' : `${(n * 100).toFixed(1)}\u2009%`);

export function detailOf(
  row: SloRow,
  mode: Mode,
  incidentId: string | null,
  acknowledged: boolean,
  snoozedUntil: number | null,
): SloDetail {
  const consumed = row.remaining === null ? null : 1 - row.remaining;
  const rules = [
    { severity: 'page', long: '1h', short: '5m', factor: 14.4, share: 0.02, spanS: 3600 },
    { severity: 'page', long: '6h', short: '30m', factor: 6, share: 0.05, spanS: 21_600 },
    { severity: 'ticket', long: '3d', short: '6h', factor: 1, share: 0.1, spanS: 259_200 },
  ].map((rule, i) => {
    const rate = row.burn_rate === null ? null : row.burn_rate / (1 + i * 0.55);
    const total = ((row.total ?? 0) / 2_592_000) * rule.spanS;
    return {
      ...rule,
      long_rate: rate,
      short_rate: rate === null ? null : rate * 1.1,
      long_bad: Math.round((rate ?? 0) * (1 - row.objective) * total),
      long_total: Math.round(total),
      short_bad: Math.round(((rate ?? 0) * 1.1 * (1 - row.objective) * total) / 12),
      short_total: Math.round(total / 12),
      coverage: row.state === 'blind' ? 0.42 : 1,
      firing: rate !== null && rate * 1.1 > rule.factor && rate > rule.factor,
      frozen: row.state === 'blind',
    };
  });
  const hostile = mode === 'hostile';
  return {
    row,
    status: {
      id: row.id,
      name: row.name,
      journey: row.journey,
      service: row.service,
      environment: row.environment,
      source: row.source,
      at: iso(row.data_at ?? NOW),
      state: row.state,
      sight: row.state === 'blind' ? 'blind' : 'seen',
      spent: (row.remaining ?? 1) <= 0 ? 'exhausted' : 'within',
      burn: row.burn,
      reason: row.reason,
      objective: row.objective,
      window: row.window,
      method: 'occurrences',
      window_start: iso(NOW - 30 * 86_400),
      window_end: iso(NOW),
      good: row.total === null ? null : row.total - (row.bad ?? 0),
      bad: row.bad,
      total: row.total,
      sli: row.total === null ? null : 1 - (row.bad ?? 0) / row.total,
      budget: { allowed: row.allowed, consumed, remaining: row.remaining, projected: null },
      burn_rates: { '5m': row.burn_rate, '1h': row.burn_rate, '6h': row.burn_rate },
      time_to_exhaustion_s: row.time_to_exhaustion_s,
      coverage: row.state === 'blind' ? 0.962 : 0.999,
      unobserved_s: row.state === 'blind' ? 98_500 : 2_590,
      data_age_s: row.data_at === null ? null : NOW - row.data_at,
      estimated: row.estimated,
      remark: null,
      slice: null,
      empty: 'leave_out',
      stage: 'active',
      calendar: null,
      excluded_s: 0,
      alerts: [],
      folded_alerts: {
        firing: row.alerts ?? 0,
        own: row.alerts ?? 0,
        silenced: 0,
        inhibited: 0,
        unseen: null,
      },
      history: row.history,
    },
    description: hostile
      ? (NASTY[1] ?? '')
      : 'The first load of the settings page, from navigation to interactive, at or under one second.',
    arithmetic: [
      {
        figure: 'sli',
        value: pct(row.total ? 1 - (row.bad ?? 0) / row.total : null),
        formula: 'sli = good / total',
        numbers: `${thin((row.total ?? 0) - (row.bad ?? 0))} / ${thin(row.total)}`,
      },
      {
        figure: 'allowed',
        value: thin(row.allowed),
        formula: 'allowed = total × (1 − objective)',
        numbers: `${thin(row.total)} × (1 − ${row.objective})`,
      },
      {
        figure: 'consumed',
        value: pct(consumed),
        formula: 'consumed = bad / allowed',
        numbers: `${thin(row.bad)} / ${thin(row.allowed)}`,
      },
      {
        figure: 'remaining',
        value: pct(row.remaining),
        formula: 'remaining = 1 − consumed',
        numbers: `1 − ${consumed?.toFixed(3) ?? '–'}`,
      },
      {
        figure: 'time_to_exhaustion',
        value: row.time_to_exhaustion_s === null ? '–' : `${(row.time_to_exhaustion_s / 3600).toFixed(1)} h`,
        formula: 'time = remaining × window / burn rate over 1 h',
        numbers: `${row.remaining?.toFixed(3) ?? '–'} × 30 d / ${row.burn_rate?.toFixed(1) ?? '–'}`,
      },
      {
        figure: 'coverage',
        value: row.state === 'blind' ? '96.2\u2009%' : '99.9\u2009%',
        formula: 'coverage = observed minutes / minutes',
        numbers: '43 157 / 43 200',
      },
    ],
    forecasts: [
      { lookback: '1h', rate: row.burn_rate, seconds: row.time_to_exhaustion_s },
      {
        lookback: '6h',
        rate: row.burn_rate === null ? null : row.burn_rate / 2.6,
        seconds: row.time_to_exhaustion_s === null ? null : row.time_to_exhaustion_s * 2.6,
      },
    ],
    time_budget:
      row.remaining === null
        ? null
        : {
            allowed_s: (1 - row.objective) * 30 * 86_400,
            left_s: row.remaining * (1 - row.objective) * 30 * 86_400,
          },
    notes: row.estimated
      ? [
          {
            kind: 'estimated',
            text: 'Estimated: a counter rose across minutes that nobody observed. The rise counts, its minutes do not.',
          },
        ]
      : [],
    read_at: row.data_at,
    burn_table: rules,
    queries: [
      {
        role: 'good',
        query: hostile
          ? (NASTY[0] ?? '')
          : 'sum(increase(http_request_duration_seconds_bucket{service="settings",route="/settings",le="1"}[1m]))',
        url: hostile
          ? 'javascript:alert(1)'
          : 'http://prometheus.internal:9090/graph?g0.expr=sum(increase(http_request_duration_seconds_bucket%5B1m%5D))',
      },
      {
        role: 'total',
        query: 'sum(increase(http_request_duration_seconds_count{service="settings",route="/settings"}[1m]))',
        url: 'http://prometheus.internal:9090/graph?g0.expr=total',
      },
    ],
    links: hostile
      ? [
          { label: NASTY[2] ?? '', url: 'javascript:alert(1)' },
          { label: NASTY[4] ?? '', url: `https://example.org/${'y'.repeat(5_000)}` },
        ]
      : [
          { label: 'runbook', url: 'https://wiki.example.com/runbooks/settings-first-load' },
          { label: 'dashboard', url: 'https://grafana.example.com/d/settings/customer-settings?orgId=1' },
        ],
    turns: [
      {
        at: NOW - 1_900,
        text: row.state === 'calm' ? 'burning ended' : (row.reason ?? 'changed'),
        state: row.state,
      },
      { at: NOW - 9_100, text: 'seen again after 12 min without data', state: 'calm' },
      { at: NOW - 9_820, text: 'no data: the source answered 503', state: 'blind' },
      { at: NOW - 260_000, text: 'burns 1.4× over 3 d', state: 'burning' },
    ],
    journey_key: keyOf(row),
    acknowledged,
    snoozed_until: snoozedUntil,
    incident_id: incidentId,
  };
}
