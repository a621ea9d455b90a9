/** Made-up definitions: the same rules of thumb as the core’s, so that the editor can be tried without one. */
import {
  Fault,
  type Client,
  type DefinitionRow,
  type FieldFault,
  type LookupForm,
  type SloCharts,
  type SloEditor,
  type SloForm,
  type SloPreview,
  type SloRow,
} from '../client';
import { NASTY, NOW, random, SOURCE, type Mode } from './world';

const METRICS = [
  'grpc_server_handled_total',
  'http_request_duration_seconds_bucket',
  'http_request_duration_seconds_count',
  'http_request_duration_seconds_sum',
  'http_requests_total',
  'integration_calls_total',
  'probe_success',
  'queue_length',
  'up',
];
const BOUNDS = [0.1, 0.25, 0.5, 1, 2.5, 5];
const BOUNDS_TEXT = [...BOUNDS.map(String), '+Inf'];
const LABELS: Record<string, string[]> = {
  code: ['200', '204', '404', '500', '503'],
  instance: ['10.0.0.1:8080', '10.0.0.2:8080'],
  job: ['accounts', 'integrations', 'settings'],
  le: BOUNDS_TEXT,
  path: ['/settings', '/settings/save'],
};
export class Definitions {
  #drafts = new Map<string, SloForm>();
  #saved = new Map<string, SloForm>();
  #revisions = new Map<string, SloEditor['revisions']>();

  constructor(
    private readonly mode: Mode,
    private readonly rows: () => SloRow[],
    private readonly keep: (row: SloRow) => void,
  ) {}

  /** The part of the core that is about definitions. */
  calls(answer: <T>(make: () => T) => Promise<T>, emit: (...topics: string[]) => void) {
    return {
      definitions: () => answer(() => this.list()),
      sloEditor: (id, copy) => answer(() => this.editor(id, copy)),
      sloCheck: (form) => answer(() => this.check(form)),
      sloPreview: async (form, hours) => {
        // A source takes its time; a newer question overtakes the one before.
        await new Promise((done) => setTimeout(done, 120));
        return answer(() => this.preview(form, hours));
      },
      sloSave: async (form) => {
        const id = await answer(() => this.save(form));
        emit('watch', 'sources');
        return id;
      },
      sloDraftKeep: (form) => answer(() => this.keepDraft(form)),
      sloDraftDrop: (id) => answer(() => this.dropDraft(id)),
      sloExport: (names) =>
        answer(() =>
          names.map((name) => ({ name: `${name}.yaml`, text: `apiVersion: openslo/v1\n# ${name}\n` })),
        ),
      sloWrite: (names, folder) =>
        answer(() => {
          if (!folder.startsWith('/'))
            throw new Fault(
              'invalid',
              'Write the whole path of a folder, such as /srv/slos.',
              null,
              'folder',
            );
          return names.map((name) => `${folder}/${name}.yaml`);
        }),
      lookUp: (form) => answer(() => this.lookUp(form)),
    } satisfies Partial<Client>;
  }

  list(): DefinitionRow[] {
    return this.rows().map((row, i) => {
      const form = this.#formOf(row);
      return {
        id: row.id,
        name: row.name,
        title: row.title,
        journey: row.journey,
        service: row.service,
        environment: row.environment,
        source: row.source,
        kind: form.indicator.kind,
        objective: row.objective,
        window: row.window,
        stage: form.stage,
        changed_at: NOW - 86_400 * (i % 40) - 3_600,
        note: i % 3 === 0 ? 'imported from settings.yaml' : 'created',
        file: this.mode !== 'hostile' && i === 4 ? '/srv/slos/integrations.yaml' : null,
      };
    });
  }

  editor(id: string | null, copy: boolean): SloEditor {
    const row = this.rows().find((other) => other.id === id);
    if (id !== null && !row)
      throw new Fault('not_found', 'There is no such SLO.', 'It may have been removed; go back to the list.');
    const all = this.rows();
    const known = (of: (row: SloRow) => string) => [...new Set(all.map(of))].sort();
    const saved = row ? this.#formOf(row) : BLANK;
    const form: SloForm = copy ? { ...saved, id: null, name: `${saved.name}-copy`, stage: 'testing' } : saved;
    return {
      form,
      draft: copy ? null : (this.#drafts.get(form.id ?? 'new') ?? null),
      revisions: row && !copy ? this.#revisionsOf(row) : [],
      file: this.list().find((one) => one.id === id && !copy)?.file ?? null,
      journeys: known((one) => one.journey),
      services: known((one) => one.service),
      environments: known((one) => one.environment),
    };
  }

  check(form: SloForm): SloPreview {
    return { ...NOTHING, faults: this.#faults(form), warnings: warningsOf(form) };
  }

  preview(form: SloForm, hours: number): SloPreview {
    const looked = this.check(form);
    const about = Object.keys(form.indicator.fields).some((name) => form.indicator.fields[name]?.trim());
    const wrong = looked.faults.some(({ field }) => /^(indicator|objective|window|method)/.test(field));
    if (wrong || !about || form.indicator.kind === 'probe') return looked;
    const charts = chartsOf(hours, Number(form.objective) / 100);
    const total = charts.total.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    const bad = charts.bad.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    const latency = form.indicator.kind === 'latency';
    return {
      ...looked,
      charts,
      total,
      good: total - bad,
      sli: (total - bad) / total,
      series: 12,
      requests: 2,
      faults:
        latency && !BOUNDS.includes(Number(form.indicator.fields.threshold))
          ? [
              ...looked.faults,
              {
                field: 'indicator.threshold',
                message: `${form.indicator.fields.threshold} is no boundary of this histogram; choose 0.5 or 1.`,
              },
            ]
          : looked.faults,
    };
  }

  save(form: SloForm): string {
    const fault = this.#faults(form)[0];
    if (fault) throw new Fault('invalid', fault.message, null, fault.field);
    const id = form.id ?? `slo-${form.name}`;
    const before = this.rows().find((row) => row.id === id);
    this.#drafts.delete(form.id ?? 'new');
    this.#saved.set(id, { ...form, id, note: '' });
    const change = { at: Date.now() / 1000, author: 'me', note: form.note || 'changed', changes: [], form };
    this.#revisions.set(id, [change, ...(before ? this.#revisionsOf(before) : [])]);
    const template = before ?? this.rows()[0];
    if (template)
      this.keep({
        ...template,
        id,
        name: form.name,
        title: form.title || form.name,
        journey: form.journey || form.service,
        service: form.service,
        environment: form.environment,
        source: form.source,
        objective: Number(form.objective) / 100,
        window: form.window.duration,
        ...(before ? {} : { state: 'blind', burn: 'none', reason: 'reading history 10 %', remaining: null }),
      });
    return id;
  }

  keepDraft(form: SloForm): void {
    this.#drafts.set(form.id ?? 'new', form);
  }

  dropDraft(id: string | null): void {
    this.#drafts.delete(id ?? 'new');
  }

  lookUp(form: LookupForm): string[] {
    const names =
      form.what === 'metrics'
        ? METRICS
        : form.what === 'labels'
          ? Object.keys(LABELS)
          : (LABELS[form.label] ?? []);
    const words = form.typed.toLowerCase().split(/\s+/);
    return names.filter((name) => words.every((word) => name.toLowerCase().includes(word)));
  }

  #faults(form: SloForm): FieldFault[] {
    const found: FieldFault[] = [];
    const add = (field: string, message: string) => found.push({ field, message });
    if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(form.name))
      add('name', `\`${form.name}\` is not a name: use lower case letters, digits, \`-\` and \`.\`.`);
    else if (this.rows().some((row) => row.name === form.name && row.id !== form.id))
      add('name', `An SLO is called ${form.name} already; choose another name.`);
    if (!form.service.trim()) add('service', 'The service is missing; name what runs, such as settings.');
    if (!form.environment.trim())
      add('environment', 'The environment is missing; budgets of environments never mix.');
    const objective = Number(form.objective);
    if (objective > 0 && objective <= 1)
      add(
        'objective',
        `Objectives are percentages, so write ${objective * 100} for the ratio ${form.objective}.`,
      );
    else if (!(objective > 0 && objective < 100))
      add('objective', 'An objective must be above 0 and below 100 %.');
    if (!form.window.calendar && !/^\d+[hdw]$/.test(form.window.duration))
      add('window.duration', `\`${form.window.duration}\` is not a window; write 30d or 4w.`);
    for (const [name, text] of Object.entries(form.indicator.fields))
      if (/\(/.test(text) && !form.indicator.kind.startsWith('promql'))
        add(`indicator.${name}`, 'Only a bare selector can be read exactly; leave functions out.');
    if (form.indicator.kind === 'ratio')
      for (const name of ['part', 'total'])
        if (!form.indicator.fields[name]?.trim()) add(`indicator.${name}`, 'Name the metric.');
    form.alerting.rules.forEach((rule, i) => {
      if (form.alerting.own && !/^(page|ticket):[\d.]+@\w+(\/\w+)?$/.test(rule))
        add(`alerting.rules.${i}`, 'Write a rule as page:14.4@1h/5m.');
    });
    return found;
  }

  #formOf(row: SloRow): SloForm {
    const saved = this.#saved.get(row.id);
    if (saved) return saved;
    const latency = /load|under/i.test(row.title);
    return {
      ...BLANK,
      id: row.id,
      name: row.name,
      title: row.title,
      journey: row.journey,
      service: row.service,
      environment: row.environment,
      source: row.source,
      objective: String(Number((row.objective * 100).toFixed(5))),
      indicator: latency
        ? {
            kind: 'latency',
            fields: {
              buckets: 'http_request_duration_seconds_bucket{job="settings"}',
              total: 'http_request_duration_seconds_count{job="settings"}',
              threshold: '1',
            },
          }
        : {
            kind: 'ratio',
            fields: {
              counts: 'bad',
              part: 'http_requests_total{job="settings",code=~"5.."}',
              total: 'http_requests_total{job="settings"}',
            },
          },
      stage: row.environment === 'staging' ? 'testing' : 'active',
      annotations: [{ key: 'runbook', value: `https://wiki.example.com/runbooks/${row.name}` }],
      description: this.mode === 'hostile' ? (NASTY[0] ?? '') : '',
    };
  }

  #revisionsOf(row: SloRow): SloEditor['revisions'] {
    const form = this.#formOf(row);
    return (
      this.#revisions.get(row.id) ?? [
        {
          at: NOW - 6 * 86_400,
          author: 'me',
          note: 'tighter after the October incident',
          changes: ['objective: 90 % → 95 %'],
          form,
        },
        {
          at: NOW - 40 * 86_400,
          author: 'me',
          note: 'imported from settings.yaml',
          changes: [],
          form: { ...form, objective: '90' },
        },
      ]
    );
  }
}

const BLANK: SloForm = {
  id: null,
  name: '',
  title: '',
  description: '',
  journey: '',
  service: '',
  environment: 'production',
  source: SOURCE,
  indicator: { kind: 'ratio', fields: { counts: 'bad' } },
  objective: '99.9',
  window: { calendar: false, duration: '30d', start: '', zone: '' },
  method: { kind: 'occurrences', slice: '5m', target: '95' },
  empty: 'leave_out',
  alerting: {
    scaling: 'constant_share',
    own: false,
    rules: ['page:14.4@1h/5m', 'page:6@6h/30m', 'ticket:3@1d/2h', 'ticket:1@3d/6h'],
    minimum_events: '0',
  },
  stage: 'active',
  weight: '1',
  annotations: [],
  note: '',
};

const NOTHING: SloPreview = {
  faults: [],
  warnings: [],
  charts: null,
  good: null,
  total: null,
  sli: null,
  series: 0,
  estimated: false,
  inexact: null,
  requests: 0,
  rebuilds: false,
};

function warningsOf(form: SloForm): FieldFault[] {
  const objective = Number(form.objective);
  return objective > 0 && objective < 93 && !form.alerting.own
    ? [
        {
          field: 'alerting.scaling',
          message: `14.4× over 1h can never fire: at ${form.objective} % everything bad burns only ${(100 / (100 - objective)).toFixed(1)}×.`,
        },
      ]
    : [];
}

function chartsOf(hours: number, objective: number): SloCharts {
  const steps = Math.min(240, hours * 60);
  const step = (hours * 3600) / steps;
  const figures = Array.from({ length: steps }, (_, i) => {
    const total = Math.round(900 + 300 * Math.sin(i / 30) + random() * 120);
    return { total, bad: Math.round(total * (i > steps * 0.8 ? 0.004 : 0.0004) * random() * 2) };
  });
  const column = <T>(of: (one: { total: number; bad: number }) => T) => figures.map(of);
  return {
    t: figures.map((_, i) => NOW - (steps - 1 - i) * step),
    remaining: column(() => null),
    spent: column(() => 0),
    sli: column(({ total, bad }) => (total - bad) / total),
    low: column(({ total, bad }) => (total - bad * 1.6) / total),
    total: column(({ total }) => total),
    bad: column(({ bad }) => bad),
    unobserved: column(() => 0),
    empty: column(() => 0),
    excluded: column(() => 0),
    allowed: null,
    objective,
    step_s: step,
    window_from: NOW - hours * 3600,
    period_to: null,
    projected: null,
    exclusions: [],
    incidents: [],
    turns: [],
    deeds: [],
  };
}
