/** Made-up sources, suggestions, announcements, settings and checks. */
import type {
  DoctorLine,
  FolderRow,
  InboxItem,
  PolicyRow,
  Settings,
  DatadogForm,
  SourceForm,
  SourceRow,
  SourceTest,
  Suggestion,
} from '../client';
import { NASTY, NOW, SOURCE, type Mode } from './world';

export function folderRows(mode: Mode): FolderRow[] {
  if (mode === 'empty' || mode === 'loading' || mode === 'many') return [];
  const odd = mode === 'hostile';
  return [
    {
      id: 'folder-1',
      path: odd ? (NASTY[0] ?? '') : '/srv/on-call/slos',
      source: SOURCE,
      environment: 'production',
      slos: 12,
      gone: odd ? NASTY.slice(0, 2) : ['legacy-export'],
      read_at: NOW - 40,
      error: odd ? (NASTY[1] ?? null) : null,
      remarks: [
        {
          file: odd ? (NASTY[2] ?? '') : 'web/checkout.yaml',
          line: 14,
          name: odd ? (NASTY[3] ?? '') : 'checkout-latency',
          outcome: 'rejected',
          messages: [
            odd
              ? (NASTY[0] ?? '')
              : '`spec.objectives[0].target` is missing. write target: 0.999, or targetPercent: 99.9',
          ],
          id: null,
        },
      ],
    },
  ];
}

export function sourceRows(mode: Mode): SourceRow[] {
  const row = (patch: Partial<SourceRow>): SourceRow => ({
    id: `src-${patch.name}`,
    name: SOURCE,
    kind: 'prometheus',
    url: 'https://prometheus.internal/prod',
    interval_s: 60,
    auth: 'bearer',
    secret: 'keyring',
    plain_http: false,
    health: 'ok',
    error: null,
    last_read_at: NOW - 18,
    last_requests: 3,
    last_poll_ms: 214,
    last_bytes: 412_300,
    slos: 30,
    alerts: false,
    ...patch,
  });
  if (mode === 'empty' || mode === 'loading') return [];
  if (mode === 'hostile')
    return NASTY.slice(0, 4).map((name, i) =>
      row({
        id: `n${i}`,
        name,
        url: i === 3 ? 'javascript:alert(1)' : name,
        error: name,
        health: 'failing',
        secret: name,
      }),
    );
  return [
    row({ id: 's1', name: SOURCE }),
    row({
      id: 's2',
      name: 'prometheus-idp',
      url: 'http://idp-metrics:9090',
      auth: 'none',
      secret: 'none',
      health: 'failing',
      error: 'Connection refused by idp-metrics:9090.',
      last_read_at: NOW - 1_380,
      last_requests: 1,
      last_poll_ms: 2_004,
      last_bytes: 0,
      slos: 1,
    }),
    row({
      id: 's3',
      name: 'staging',
      url: 'https://prometheus.staging.internal',
      auth: 'basic',
      secret: 'variable FIREWATCH_STAGING',
      slos: 16,
      last_poll_ms: 96,
    }),
    row({
      id: 's5',
      name: 'alertmanager',
      kind: 'alertmanager',
      url: 'https://alertmanager.internal',
      slos: 0,
      alerts: true,
      last_requests: 1,
      last_bytes: 61_800,
      last_poll_ms: 38,
    }),
    row({
      id: 's4',
      name: 'probe',
      kind: 'probe',
      url: '',
      auth: 'none',
      secret: 'none',
      slos: 2,
      last_requests: 2,
      last_bytes: 8_200,
      last_poll_ms: 341,
    }),
  ];
}

export function rowOf(form: SourceForm): SourceRow {
  return {
    id: `src-${form.name}`,
    name: form.name,
    kind: form.kind,
    url: form.url,
    interval_s: form.interval_s,
    auth: form.auth,
    secret: form.auth === 'none' ? 'none' : 'keyring',
    plain_http: form.allow_plain_http,
    health: 'unknown',
    error: null,
    last_read_at: null,
    last_requests: null,
    last_poll_ms: null,
    last_bytes: null,
    slos: 0,
    alerts: form.alerts,
  };
}

export function datadogRowOf(form: DatadogForm): SourceRow {
  const site = form.site.replace(/^app\./, '');
  return {
    ...rowOf({
      ...form,
      url: site.includes('://') ? site : `https://api.${site}/`,
      auth: 'keys',
      user: null,
      secret: null,
      headers: [],
      kind: 'datadog',
      alerts: false,
      environment: null,
    }),
  };
}

/** A key that begins with `bad` is refused. */
export function datadogTestOf(form: DatadogForm): SourceTest {
  const refused = (key: string) => key.startsWith('bad');
  const line = (check: string, broken: boolean, message: string, cure: string) => ({
    check,
    verdict: broken ? 'broken' : 'ok',
    message,
    cure: broken ? cure : '',
  });
  const lines = [line('address', false, `https://api.${form.site}/`, '')];
  if (refused(form.api_key)) {
    const message = `api.${form.site} refused the keys (403: Forbidden).`;
    lines.push(
      line('api-key', true, message, 'Enter the keys again, and check that they belong to this site.'),
    );
  } else {
    const broken = refused(form.app_key);
    const message = broken ? `api.${form.site} refused the keys (403: Forbidden).` : 'SLOs can be listed.';
    lines.push(line('api-key', false, 'The API key is accepted.', ''));
    lines.push(line('slos', broken, message, 'Check the application key, and give it the scope slos_read.'));
  }
  return { ok: lines.every(({ verdict }) => verdict === 'ok'), lines };
}

export function testOf(url: string): SourceTest {
  if (/broken|refused|idp/.test(url)) {
    return {
      ok: false,
      lines: [
        { check: 'address', verdict: 'ok', message: 'The name resolves to 10.4.0.17.', cure: '' },
        {
          check: 'answer',
          verdict: 'broken',
          message: 'Connection refused on port 9090.',
          cure: 'Check the port, and whether you need the VPN for this network.',
        },
      ],
    };
  }
  return {
    ok: true,
    lines: [
      { check: 'address', verdict: 'ok', message: 'The name resolves to 10.4.0.12.', cure: '' },
      { check: 'answer', verdict: 'ok', message: 'Answered in 84 ms.', cure: '' },
      { check: 'version', verdict: 'ok', message: 'Prometheus 2.53.3.', cure: '' },
      { check: 'query', verdict: 'ok', message: 'vector(1) answered 1.', cure: '' },
      { check: 'clock', verdict: 'ok', message: 'Its clock is 0.2 s ahead of ours.', cure: '' },
      { check: 'series', verdict: 'ok', message: '18 422 series in 214 metrics.', cure: '' },
    ],
  };
}

export function suggestionRows(mode: Mode): Suggestion[] {
  const row = (
    title: string,
    service: string,
    origin: string,
    indicator: string,
    objective: number,
    sli: number | null,
    exists = false,
  ): Suggestion => ({
    key: title,
    name: title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 60),
    title,
    service,
    origin,
    indicator,
    objective_percent: objective,
    window: '30d',
    recent_sli: sli,
    exists,
  });
  const rows = [
    row(
      'Settings availability',
      'settings',
      'counters',
      'answers other than 5xx over all answers',
      99.9,
      0.9994,
    ),
    row('Settings under 1 s', 'settings', 'histogram', 'requests answered within 1 s', 95, 0.612),
    row(
      'Save settings under 500 ms',
      'settings',
      'histogram',
      'POST /settings answered within 500 ms',
      99,
      0.9921,
    ),
    row(
      'Accounts availability',
      'accounts',
      'sloth rules',
      'as in the recording rules of Sloth',
      99.95,
      0.99991,
      true,
    ),
    row('Integrations gRPC', 'integrations', 'grpc', 'OK over all calls', 99.5, null),
    row('Status page reachable', 'status', 'probe_success', 'probes that succeeded', 99, 1),
  ];
  return mode === 'hostile'
    ? NASTY.map((text, i) => ({ ...row(text, text, text, text, 99, null), key: `k${i}` }))
    : rows;
}

export function inboxRows(mode: Mode): InboxItem[] {
  const row = (id: string, patch: Partial<InboxItem>): InboxItem => ({
    id,
    journey_key: 'Customer settings|production',
    at: NOW - 600,
    urgency: 'normal',
    title: '',
    body: '',
    delivery: 'shown',
    why: 'first of its journey in ten minutes',
    acknowledged_at: null,
    unread: false,
    slo_id: null,
    proposal: null,
    incident_id: null,
    ...patch,
  });
  if (mode === 'empty' || mode === 'loading') return [];
  if (mode === 'hostile')
    return NASTY.map((text, i) =>
      row(`h${i}`, { title: text, body: text, why: text, unread: true, slo_id: `nasty-${i}` }),
    );
  return [
    row('a0', {
      at: NOW - 900,
      title: 'Customer settings: open a SEV1 incident?',
      body: 'Save settings: the budget is exhausted and that has held for 5 min.',
      unread: true,
      slo_id: 'slo-save-settings-production',
      why: 'ordered by the policy on exhausted',
      proposal: 'SEV1',
    }),
    row('a1', {
      at: NOW - 1_900,
      urgency: 'critical',
      title: 'Customer settings is burning: first load 15× too fast',
      body: 'Budget gone in 14 h 35 min. 61 alerts folded.',
      unread: true,
      slo_id: 'slo-settings-first-load-production',
      why: 'a page burn, shown at once; quiet hours do not hold pages',
    }),
    row('a2', {
      at: NOW - 1_890,
      urgency: 'critical',
      title: 'Save settings: the budget is spent',
      body: '242 bad of 204 allowed in 30 d.',
      delivery: 'folded',
      unread: true,
      slo_id: 'slo-save-settings-production',
      why: 'same journey within ten minutes, replaced the first silently',
    }),
    row('a3', {
      at: NOW - 1_380,
      urgency: 'normal',
      title: 'Identity provider cannot be seen',
      body: 'No data for 23 min: connection refused by idp-metrics:9090.',
      delivery: 'held',
      unread: true,
      slo_id: 'slo-identity-provider-production',
      why: 'quiet hours 22:00 to 07:00 hold all but pages',
    }),
    row('a4', {
      at: NOW - 86_000,
      urgency: 'low',
      title: 'Invoicing (staging) is seen again',
      body: 'Blind for 12 min; history read back.',
      acknowledged_at: NOW - 80_000,
      journey_key: 'Customer settings|staging',
      slo_id: 'slo-invoicing-staging',
    }),
  ];
}

export const settingsRow = (): Settings => ({
  name: '',
  theme: 'system',
  quiet_on: true,
  quiet_from: '22:00',
  quiet_to: '07:00',
  quiet_holds_pages: false,
  heartbeat_url: '',
  heartbeat_interval_s: 60,
  sound: true,
  start_at_login: false,
  close_keeps_watch: true,
  room_template: 'https://meet.jit.si/{incident}-{random}',
  own_roles: ['customer liaison'],
  severity_names: ['', 'Critical', '', ''],
  on_call_as: '',
  only_on_call: false,
  zone: '',
  night_from: '22:00',
  night_to: '07:00',
  capture_key: 'Ctrl+Alt+Space',
});

export const policyRows = (): PolicyRow[] => [
  {
    id: 'p1',
    journey: '',
    service: '',
    environment: 'production',
    trigger: 'days-left:3',
    hold_minutes: 0,
    action: 'notify',
    severity: 'SEV2',
    enabled: true,
  },
  {
    id: 'p2',
    journey: 'Customer settings',
    service: '',
    environment: 'production',
    trigger: 'exhausted',
    hold_minutes: 5,
    action: 'propose',
    severity: 'SEV1',
    enabled: true,
  },
];

export const doctorLines = (): DoctorLine[] => [
  {
    part: 'notifications',
    verdict: 'ok',
    message: 'The desktop shows notifications with actions.',
    cure: '',
  },
  {
    part: 'tray',
    verdict: 'degraded',
    message: 'No tray host answers; the icon cannot be shown.',
    cure: 'On GNOME install the AppIndicator extension. Firewatch keeps watching while this window is open.',
  },
  { part: 'keyring', verdict: 'ok', message: 'Stored and read back in 70 ms.', cure: '' },
  { part: 'clock', verdict: 'ok', message: 'Within 0.2 s of the sources.', cure: '' },
  { part: 'database', verdict: 'ok', message: '42 MB, checked 3 h ago, backed up 3 h ago.', cure: '' },
  {
    part: 'source prometheus-idp',
    verdict: 'broken',
    message: 'Connection refused by idp-metrics:9090.',
    cure: 'Check the port, and whether you need the VPN for this network.',
  },
  { part: 'heartbeat', verdict: 'ok', message: 'Switched off.', cure: '' },
];
