/**
 * The made-up world behind the fake core: the journey "Customer settings" of a product with thirteen integrations, in
 * production and staging. Deterministic, so that screenshots of two runs can be compared.
 */
import type { JourneyRow, SloRow, Spark } from '../client';

export type Mode = 'story' | 'empty' | 'hostile' | 'error' | 'loading' | 'many' | 'storm';

/** Half past four on a Tuesday morning, as the person's clock has it. */
export const NOW = Math.floor(Date.now() / 1000);

const INTEGRATIONS = [
  'Calendar sync',
  'Chat notifications',
  'CRM contacts',
  'Data warehouse export',
  'Document signing',
  'E-mail delivery',
  'File storage',
  'Identity provider',
  'Invoicing',
  'Maps and addresses',
  'Payments',
  'SMS gateway',
  'Tax rates',
];

export const SOURCE = 'prometheus-main';

let seed = 7;
export function random(): number {
  seed = (seed * 16807) % 2147483647;
  return seed / 2147483647;
}

interface Shape {
  title: string;
  environment: string;
  journey: string;
  service: string;
  state: string;
  objective?: number;
  remaining?: number | null;
  burnRate?: number | null;
  total?: number;
  reason?: string | null;
  dataAge?: number;
  source?: string;
  history?: number | null;
  estimated?: boolean;
}

export function slo(shape: Shape): SloRow {
  const name = `${shape.title}-${shape.environment}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80);
  const objective = shape.objective ?? 0.99;
  const total = shape.total ?? Math.round(90_000 + random() * 1_800_000);
  const remaining = shape.remaining === undefined ? 0.35 + random() * 0.64 : shape.remaining;
  const allowed = total * (1 - objective);
  const burnRate = shape.burnRate === undefined ? random() * 0.8 : shape.burnRate;
  const burning = burnRate !== null && burnRate > 1;
  const windowS = 30 * 86_400;
  return {
    id: `slo-${name}`,
    name,
    title: shape.title,
    journey: shape.journey,
    service: shape.service,
    environment: shape.environment,
    source: shape.source ?? SOURCE,
    state: shape.state,
    burn:
      shape.state === 'burning'
        ? burnRate !== null && burnRate > 10
          ? 'page'
          : 'ticket'
        : shape.state === 'exhausted'
          ? 'page'
          : 'none',
    reason: shape.reason ?? null,
    objective,
    window: '30d',
    remaining,
    next_loss:
      burning && remaining !== null && remaining > 0 ? Math.min(1.2, (burnRate * 6 * 3600) / windowS) : null,
    burn_rate: burnRate,
    time_to_exhaustion_s:
      burning && remaining !== null && remaining > 0 ? (remaining * windowS) / burnRate : null,
    data_at: NOW - (shape.dataAge ?? 8 + Math.floor(random() * 40)),
    bad: remaining === null ? null : Math.round(allowed * (1 - remaining)),
    total: remaining === null ? null : total,
    allowed: remaining === null ? null : allowed,
    history: shape.history ?? null,
    estimated: shape.estimated ?? false,
    weight: 1,
    alerts: 0,
  };
}

/** The burn of the last day: calm until it was not. */
export function sparkOf(row: SloRow): Spark {
  const points = Array.from({ length: 24 }, (_, i) => {
    if (row.state === 'blind' && i > 19) return null;
    const burning = row.burn_rate !== null && row.burn_rate > 1;
    return burning && i > 20 ? (row.burn_rate ?? 0) * (0.3 + 0.25 * (i - 20)) : random() * 0.7;
  });
  return { id: row.id, points };
}

/** The story: settings pages ten times too slow in production, a silent integration, a spent budget. */
export function storySlos(): SloRow[] {
  const settings = { journey: 'Customer settings', service: 'settings' };
  const rows: SloRow[] = [
    slo({
      ...settings,
      title: 'Settings first load',
      environment: 'production',
      state: 'burning',
      objective: 0.95,
      remaining: 0.312,
      burnRate: 15.4,
      total: 1_810_422,
      reason: 'burns 15.4× over 1 h and 16.9× over 5 min, both above 14.4',
    }),
    slo({
      ...settings,
      title: 'Save settings',
      environment: 'production',
      state: 'exhausted',
      objective: 0.999,
      remaining: -0.184,
      burnRate: 6.4,
      total: 204_118,
      reason: 'the budget is spent: 242 bad of 204 allowed',
    }),
    slo({
      ...settings,
      title: 'Settings API availability',
      environment: 'production',
      state: 'burning',
      objective: 0.9995,
      remaining: 0.74,
      burnRate: 3.1,
      reason: 'burns 3.1× over 1 d and 3.4× over 2 h',
    }),
    slo({
      ...settings,
      title: 'Settings first load',
      environment: 'staging',
      state: 'calm',
      objective: 0.95,
    }),
    slo({ ...settings, title: 'Save settings', environment: 'staging', state: 'calm', objective: 0.999 }),
    slo({
      ...settings,
      title: 'Settings API availability',
      environment: 'staging',
      state: 'calm',
      objective: 0.9995,
      remaining: 0.998,
    }),
  ];
  for (const environment of ['production', 'staging']) {
    INTEGRATIONS.forEach((title, i) => {
      const integration = { journey: 'Customer settings', service: 'integrations', title, environment };
      if (environment === 'production' && title === 'Identity provider')
        rows.push(
          slo({
            ...integration,
            state: 'blind',
            remaining: 0.61,
            burnRate: null,
            dataAge: 1_380,
            reason: 'no data for 23 min: connection refused by idp-metrics:9090',
            source: 'prometheus-idp',
          }),
        );
      else if (environment === 'staging' && title === 'Tax rates')
        rows.push(
          slo({
            ...integration,
            state: 'blind',
            remaining: null,
            burnRate: null,
            history: 0.4,
            reason: 'reading history 40 %',
          }),
        );
      else if (environment === 'production' && title === 'Payments')
        rows.push(
          slo({
            ...integration,
            state: 'exhausted',
            objective: 0.9999,
            remaining: -1.35,
            burnRate: 0.4,
            reason: 'the budget is spent: 47 bad of 20 allowed',
            total: 200_310,
          }),
        );
      else
        rows.push(
          slo({ ...integration, state: 'calm', objective: i % 3 === 0 ? 0.995 : 0.99, estimated: i === 4 }),
        );
    });
  }
  rows.push(
    slo({
      journey: 'Sign in',
      service: 'accounts',
      title: 'Sign-in availability',
      environment: 'production',
      state: 'calm',
      objective: 0.9995,
    }),
  );
  rows.push(
    slo({
      journey: 'Sign in',
      service: 'accounts',
      title: 'Sign-in under 300 ms',
      environment: 'production',
      state: 'calm',
      objective: 0.98,
    }),
  );
  return rows;
}

/** A thousand of them, for the list's sake. */
export function manySlos(): SloRow[] {
  const rows: SloRow[] = [];
  for (let i = 0; i < 1000; i++) {
    const state = i < 3 ? 'exhausted' : i < 12 ? 'burning' : i < 20 ? 'blind' : 'calm';
    rows.push(
      slo({
        title: `Endpoint ${String(i + 1).padStart(4, '0')} availability`,
        environment: i % 2 ? 'staging' : 'production',
        journey: `Journey ${String(Math.floor(i / 25) + 1).padStart(2, '0')}`,
        service: `service-${i % 40}`,
        state,
        remaining: state === 'exhausted' ? -0.3 : undefined,
        burnRate: state === 'burning' ? 2 + i : undefined,
        reason: state === 'calm' ? null : 'made up',
      }),
    );
  }
  return rows;
}

export const NASTY = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script><b>bold?</b>',
  '"><svg onload=alert(1)>',
  'javascript:alert(1)',
  '\u202Egnp.exe \u2066 reversed \u202E',
  `A very long label ${'x'.repeat(100_000)}`,
  'Zürich 設定 إعدادات העדפות 🔥',
  '{{constructor.constructor("alert(1)")()}}',
];

export function hostileSlos(): SloRow[] {
  return NASTY.flatMap((nasty, i) => [
    {
      ...slo({
        title: nasty,
        environment: i % 2 ? nasty : 'production',
        journey: nasty,
        service: nasty,
        state: ['burning', 'blind', 'calm', 'exhausted'][i % 4] ?? 'calm',
        reason: nasty,
        source: nasty,
        burnRate: i % 4 === 0 ? 9 : 0.2,
      }),
      id: `nasty-${i}`,
      name: nasty,
    },
  ]);
}

const URGENCY = ['exhausted', 'burning', 'blind', 'calm'];

export function sorted(rows: SloRow[]): SloRow[] {
  return [...rows].sort(
    (a, b) =>
      URGENCY.indexOf(a.state) - URGENCY.indexOf(b.state) ||
      (a.time_to_exhaustion_s ?? Infinity) - (b.time_to_exhaustion_s ?? Infinity) ||
      a.title.localeCompare(b.title),
  );
}

export const keyOf = (row: { journey: string; environment: string }) =>
  `${row.journey.slice(0, 40)}|${row.environment.slice(0, 40)}`;

export function journeysOf(
  rows: SloRow[],
  acknowledged: Set<string>,
  snoozed: Map<string, number>,
): JourneyRow[] {
  const groups = new Map<string, SloRow[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return [...groups].map(([key, members]) => {
    const first = members[0] as SloRow;
    const times = members.flatMap((row) => row.time_to_exhaustion_s ?? []);
    return {
      key,
      journey: first.journey,
      environment: first.environment,
      state:
        [...members].sort((a, b) => URGENCY.indexOf(a.state) - URGENCY.indexOf(b.state))[0]?.state ?? 'calm',
      slos: members.length,
      time_to_exhaustion_s: times.length ? Math.min(...times) : null,
      acknowledged: acknowledged.has(key),
      snoozed_until: snoozed.get(key) ?? null,
      remaining: members.some((row) => row.state === 'blind' || row.remaining === null)
        ? null
        : members.reduce((sum, row) => sum + Math.max(0, row.remaining ?? 0), 0) / members.length,
      alerts: { firing: 0, silenced: 0, inhibited: 0 },
    };
  });
}
