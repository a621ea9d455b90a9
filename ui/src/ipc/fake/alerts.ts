/** Made-up firing alerts: 61 about the burning journey, a few held back, two that belong nowhere; ten thousand in a storm. */
import type { AlertPage, AlertRow, AlertSource, FoldedCount } from '../client';
import { NASTY, NOW, storySlos, keyOf, type Mode } from './world';

const PAGE = 100;
const NAMES = [
  'SettingsApiLatencyHigh',
  'SettingsPageSlow',
  'IntegrationTimeouts',
  'ConnectionPoolExhausted',
];
const SERVICES = ['settings', 'integrations', 'settings', 'payments-gateway'];

function alert(i: number, patch: Partial<AlertRow> = {}): AlertRow {
  return {
    fingerprint: `f${i}-${patch.name ?? ''}`,
    name: NAMES[i % NAMES.length] ?? '',
    severity: i % 3 === 0 ? 'critical' : 'warning',
    summary: 'Answers take more than five seconds.',
    standing: 'firing',
    since: NOW - 1_500 + (i % 61) * 9,
    labels: [
      { name: 'environment', value: 'production' },
      { name: 'pod', value: `${SERVICES[i % SERVICES.length]}-${i + 1}` },
      { name: 'service', value: SERVICES[i % SERVICES.length] ?? '' },
    ],
    url: 'http://prometheus.internal:9090/graph?g0.expr=latency',
    sources: ['alertmanager'],
    journey_key: null,
    slo_id: null,
    why: 'its labels name this service',
    ...patch,
  };
}

/** Every alert of a made-up world. */
export function alertRows(mode: Mode): AlertRow[] {
  if (mode === 'empty' || mode === 'loading' || mode === 'error' || mode === 'many') return [];
  const first = storySlos()[0];
  const key = first ? keyOf(first) : '';
  if (mode === 'hostile')
    return NASTY.map((nasty, i) =>
      alert(i, {
        name: nasty,
        summary: nasty,
        severity: nasty,
        labels: [{ name: nasty.slice(0, 80), value: nasty }],
        url: 'javascript:alert(1)',
        sources: [nasty],
        why: nasty,
      }),
    );
  const fire = Array.from({ length: mode === 'storm' ? 10_000 : 61 }, (_, i) =>
    alert(i, { journey_key: key, slo_id: i % 8 === 0 ? (first?.id ?? null) : null }),
  );
  return [
    ...fire,
    alert(1, { name: 'AvatarCacheCold', standing: 'silenced', journey_key: key, since: NOW - 90_000 }),
    alert(2, { name: 'PodRestarting', standing: 'inhibited', journey_key: key, since: NOW - 3_000 }),
    alert(1, {
      name: 'CertificateEndsSoon',
      summary: 'The certificate of legacy-www ends in 9 days.',
      why: null,
    }),
    alert(2, {
      name: 'BackupOld',
      summary: 'The newest backup is 31 h old.',
      why: null,
      since: NOW - 100_000,
    }),
  ];
}

export function alertSources(mode: Mode): AlertSource[] {
  if (mode === 'empty' || mode === 'loading' || mode === 'many') return [];
  const well = { name: 'alertmanager', read_at: NOW - 12, fault: null, told: 65, cut_at: null };
  if (mode === 'hostile') return [{ ...well, name: NASTY[5] ?? '', fault: NASTY[0] ?? '' }];
  if (mode === 'storm') return [{ ...well, told: 10_004 }];
  return [
    well,
    {
      name: 'alertmanager-eu',
      read_at: NOW - 1_260,
      fault: 'Connection refused by am-eu:9093.',
      told: 0,
      cut_at: null,
    },
  ];
}

export function counted(rows: AlertRow[]): FoldedCount {
  const of = (standing: string) => rows.filter((row) => row.standing === standing).length;
  return { firing: of('firing'), silenced: of('silenced'), inhibited: of('inhibited') };
}

export function alertPage(
  rows: AlertRow[],
  mode: Mode,
  journey: string | null,
  slo: string | null,
  offset: number,
): AlertPage {
  const here = rows.filter((row) => (slo ? row.slo_id === slo : row.journey_key === journey));
  return {
    count: counted(here),
    rows: here.slice(offset, offset + PAGE),
    offset,
    sources: alertSources(mode),
  };
}
