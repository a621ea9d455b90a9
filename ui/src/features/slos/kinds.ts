/** How good and all events can be counted: each kind with its fields, in the order they are asked for. */
export interface KindField {
  name: string;
  label: string;
  hint?: string;
  /** What the field takes: a selector with names from the source, a query, a number, an address, an id, or one of a few words. */
  takes: 'selector' | 'query' | 'number' | 'url' | 'text' | 'word';
  /** Only metrics that end so are offered. */
  ends?: string;
  placeholder?: string;
  words?: readonly (readonly [string, string])[];
}

export interface Kind {
  kind: string;
  says: string;
  hint: string;
  fields: KindField[];
}

const COUNTS: KindField = {
  name: 'counts',
  label: 'The first counts',
  takes: 'word',
  words: [
    ['bad', 'bad events'],
    ['good', 'good events'],
  ],
};
const OP: KindField = {
  name: 'op',
  label: 'Good is',
  takes: 'word',
  words: [
    ['lte', 'at most'],
    ['lt', 'below'],
    ['gte', 'at least'],
    ['gt', 'above'],
  ],
};
const BOUND: KindField = { name: 'bound', label: 'Bound', takes: 'number', placeholder: '100' };
const THRESHOLD: KindField = {
  name: 'threshold',
  label: 'Good up to',
  takes: 'number',
  placeholder: '0.5',
  hint: 'In the histogram’s own unit, mostly seconds.',
};
const LESS_EXACT =
  'The server evaluates it once a minute: less exact than counters, and the SLO says “estimated”.';

export const KINDS: readonly Kind[] = [
  {
    kind: 'ratio',
    says: 'counters: a part and all',
    hint: 'Two counters, the first a part of the second. Counted exactly, from raw samples.',
    fields: [
      COUNTS,
      {
        name: 'part',
        label: 'Part',
        takes: 'selector',
        placeholder: 'http_requests_total{code=~"5.."}',
      },
      { name: 'total', label: 'All events', takes: 'selector', placeholder: 'http_requests_total' },
    ],
  },
  {
    kind: 'halves',
    says: 'counters: good and bad',
    hint: 'Two counters that together are all events.',
    fields: [
      { name: 'good', label: 'Good events', takes: 'selector', placeholder: 'requests_ok_total' },
      { name: 'bad', label: 'Bad events', takes: 'selector', placeholder: 'requests_failed_total' },
    ],
  },
  {
    kind: 'latency',
    says: 'latency from a histogram',
    hint: 'Requests up to a boundary of a classic histogram. All boundaries are kept, so another can be tried later.',
    fields: [
      {
        name: 'buckets',
        label: 'Buckets',
        takes: 'selector',
        ends: '_bucket',
        placeholder: 'http_request_duration_seconds_bucket',
      },
      {
        name: 'total',
        label: 'All requests',
        takes: 'selector',
        ends: '_count',
        placeholder: 'http_request_duration_seconds_count',
      },
      THRESHOLD,
    ],
  },
  {
    kind: 'native',
    says: 'latency from a native histogram',
    hint: 'What lies inside a bucket is interpolated, and the SLO says “estimated”.',
    fields: [{ name: 'histogram', label: 'Histogram', takes: 'selector' }, THRESHOLD],
  },
  {
    kind: 'gauge',
    says: 'gauge that is 1 when good',
    hint: 'Every sample is an event, such as probe_success or up.',
    fields: [{ name: 'up', label: 'Gauge', takes: 'selector', placeholder: 'probe_success{job="shop"}' }],
  },
  {
    kind: 'threshold',
    says: 'gauge against a bound',
    hint: 'Every sample is an event, good when it compares as said.',
    fields: [
      { name: 'gauge', label: 'Gauge', takes: 'selector', placeholder: 'queue_length{queue="orders"}' },
      OP,
      BOUND,
    ],
  },
  {
    kind: 'raw_ratio',
    says: 'metric that is a ratio already',
    hint: 'A value from 0 to 1; every sample weighs the same, whatever the traffic was.',
    fields: [
      { ...COUNTS, label: 'It is the share of' },
      { name: 'ratio', label: 'Ratio', takes: 'selector' },
    ],
  },
  {
    kind: 'promql_counts',
    says: 'PromQL: a part and all',
    hint: LESS_EXACT,
    fields: [
      COUNTS,
      { name: 'part', label: 'Part', takes: 'query', placeholder: 'sum(rate(errors_total[5m]))' },
      { name: 'total', label: 'All', takes: 'query', placeholder: 'sum(rate(requests_total[5m]))' },
    ],
  },
  {
    kind: 'promql_ratio',
    says: 'PromQL: a ratio',
    hint: LESS_EXACT,
    fields: [
      { ...COUNTS, label: 'It is the share of' },
      { name: 'ratio', label: 'Ratio', takes: 'query' },
    ],
  },
  {
    kind: 'promql_threshold',
    says: 'PromQL: a value against a bound',
    hint: LESS_EXACT,
    fields: [{ name: 'value', label: 'Value', takes: 'query' }, OP, BOUND],
  },
  {
    kind: 'datadog_counts',
    says: 'Datadog: a part and all',
    hint: 'Two metric queries that count events, read by the minute.',
    fields: [
      COUNTS,
      {
        name: 'part',
        label: 'Part',
        takes: 'query',
        placeholder: 'sum:requests.errors{env:prod}.as_count()',
      },
      {
        name: 'total',
        label: 'All events',
        takes: 'query',
        placeholder: 'sum:requests.hits{env:prod}.as_count()',
      },
    ],
  },
  {
    kind: 'datadog_slo',
    says: 'Datadog: an SLO it keeps',
    hint: 'The history Datadog has of it; what is coarser than a minute is spread, and the SLO says “estimated”.',
    fields: [
      {
        name: 'id',
        label: 'Id of the SLO',
        takes: 'text',
        hint: 'At the end of its address in Datadog. Sources suggests them all.',
      },
    ],
  },
  {
    kind: 'drill',
    says: 'the drill’s story',
    hint: 'Counted by the story itself; only its promise can be changed.',
    fields: [
      { name: 'key', label: 'Part of the story', takes: 'text' },
      {
        name: 'threshold',
        label: 'Good up to',
        takes: 'number',
        hint: 'In seconds; empty where it is no latency.',
      },
    ],
  },
  {
    kind: 'probe',
    says: 'own probe of a URL',
    hint: 'Firewatch asks the address itself; there is no history before it starts.',
    fields: [
      { name: 'url', label: 'Address', takes: 'url', placeholder: 'https://status.example.com/health' },
      { name: 'under_ms', label: 'Good when answered within, ms', takes: 'number', placeholder: '500' },
      { name: 'interval_s', label: 'Seconds between probes', takes: 'number', placeholder: '60' },
    ],
  },
];

export function kindOf(kind: string): Kind | undefined {
  return KINDS.find((one) => one.kind === kind);
}

/** Kinds a source can read. */
export function kindsFor(sourceKind: string | undefined): readonly Kind[] {
  return KINDS.filter(({ kind }) => readerOf(kind) === (sourceKind ?? 'prometheus'));
}

/** The kind of source that can read it. */
function readerOf(kind: string): string {
  if (kind === 'probe' || kind === 'drill') return kind;
  return kind.startsWith('datadog_') ? 'datadog' : 'prometheus';
}
