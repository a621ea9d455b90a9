/** Made-up follow-ups that behave: forms are read, refused by their field, and told in the incident. */
import { Fault, type Client, type FollowUpForm, type FollowUpRow, type FollowUpView } from '../client';
import { ending, type Incidents } from './incidents';
import { claimed, preview, proven, refusal, refuted, shipped } from './proofs';
import { NASTY, NOW, type Mode } from './world';

type Calls = Pick<
  Client,
  | 'followups'
  | 'followup'
  | 'followupAdd'
  | 'followupChange'
  | 'followupsChange'
  | 'followupShip'
  | 'followupProve'
  | 'hypothesisPreview'
  | 'incidents'
  | 'incident'
  | 'incidentEnd'
>;

const iso = (at: number) => new Date(at * 1000).toISOString();
const DAY = 86_400;
const KINDS = ['prevent', 'detect', 'mitigate', 'investigate'];
const PRIORITIES = ['highest', 'high', 'medium', 'low', 'lowest'];
const STATUSES = ['open', 'doing', 'done', 'dropped'];

export class FollowUps {
  all: FollowUpView[] = [];
  #next = 100;

  constructor(
    mode: Mode,
    private incidents: Incidents,
    /** Told of every change. */
    private changed: (id: string) => void = () => {},
  ) {
    if (mode === 'story') this.all = story();
    if (mode === 'many') this.all = many();
    if (mode === 'hostile')
      this.all = NASTY.map((text, i) => ({
        ...blank(`follow-nasty-${i}`),
        title: text,
        owner: text,
        text,
        labels: [text],
        kind: text,
        priority: text,
        status: i === 0 ? 'open' : 'doing',
        incident: 'inc-13',
        incident_title: text,
        slo: text,
        journey: text,
        entry_text: text,
        ticket: { key: text, url: text, state: text },
        hypothesis: text,
        claimed: claimed(text),
      }));
  }

  of(incident: string): FollowUpRow[] {
    return this.all.filter((one) => one.incident === incident).map(rowOf);
  }

  calls(answer: <T>(make: () => T) => Promise<T>, emit: (...topics: string[]) => void): Calls {
    const with_ = <T extends { id: string }>(incident: T) => ({
      ...incident,
      followups: this.of(incident.id),
    });
    const told = async <T>(make: () => T): Promise<T> => {
      const out = await answer(make);
      emit('followups', 'incidents');
      return out;
    };
    return {
      incidents: () => answer(() => this.incidents.all.map((one) => ({ ...with_(one), entries: [] }))),
      incident: (id) => answer(() => with_(this.incidents.get(id))),
      incidentEnd: (id) => answer(() => with_(ending(this.incidents.get(id)))),
      followups: () => answer(() => [...this.all].sort(byUrgency).map(rowOf)),
      followup: (id) => answer(() => this.get(id)),
      followupAdd: (form) =>
        told(() => {
          const made = this.filled(
            { ...blank(`follow-${++this.#next}`), created: iso(Date.now() / 1000) },
            form,
          );
          this.all = [...this.all, made];
          this.tell(made, made.title);
          return made;
        }),
      followupChange: (id, form) => told(() => this.change(id, form)),
      followupsChange: (ids, form) =>
        told(() => {
          const checked = ids.map((id) => this.filled(this.get(id), form));
          void checked;
          return ids.map((id) => rowOf(this.change(id, form)));
        }),
      followupShip: (id, form) => told(() => this.replace(shipped(this.get(id), form.environment))),
      followupProve: (id) => told(() => this.replace(shipped(this.get(id), null))),
      hypothesisPreview: (text) => answer(() => preview(text)),
    };
  }

  /** Its ticket is another now, or none. */
  join(id: string, ticket: FollowUpRow['ticket']): void {
    this.all = this.all.map((one) => (one.id === id ? { ...one, ticket } : one));
  }

  private get(id: string): FollowUpView {
    const found = this.all.find((one) => one.id === id);
    if (!found) throw new Fault('not_found', 'There is no such follow-up.', 'Go back to the list.');
    return found;
  }

  private change(id: string, form: FollowUpForm): FollowUpView {
    const before = this.get(id);
    const after = { ...this.filled(before, form), updated: iso(Date.now() / 1000) };
    this.all = this.all.map((one) => (one.id === id ? after : one));
    this.changed(id);
    if (before.status !== after.status) this.tell(after, `${after.title}: ${after.status}`);
    return this.get(id);
  }

  private replace(one: FollowUpView): FollowUpView {
    this.all = this.all.map((other) => (other.id === one.id ? one : other));
    return one;
  }

  private tell(one: FollowUpView, text: string) {
    if (one.incident) this.incidents.change(one.incident, {}, 'follow_up', `follow-up ${text}`);
  }

  private filled(before: FollowUpView, form: FollowUpForm): FollowUpView {
    const refuse = (field: string, message: string) => {
      throw new Fault('invalid', message, undefined, field);
    };
    const after = { ...before };
    if (form.title !== null) after.title = form.title.trim();
    if (!after.title) refuse('title', 'the title is empty; say in one line what is to be done');
    for (const key of ['text', 'owner'] as const) if (form[key] !== null) after[key] = form[key];
    for (const key of ['kind', 'priority', 'status'] as const) if (form[key] !== null) after[key] = form[key];
    for (const key of ['slo', 'journey', 'required', 'incident', 'entry', 'passage'] as const)
      if (form[key] !== null) after[key] = form[key] || null;
    if (after.required && !after.incident)
      refuse('required', `“${after.title}”: it belongs to no incident, so it can hold none up`);
    if (form.due !== null) {
      const typed = form.due.trim();
      const ahead = /^(\d+)d$/.exec(typed);
      if (ahead) after.due = iso(Date.now() / 1000 + Number(ahead[1]) * DAY).slice(0, 10);
      else if (typed === '' || /^\d{4}-\d\d-\d\d$/.test(typed)) after.due = typed || null;
      else refuse('due', `\`${typed}\` is no day; write the day as 2026-12-04, or 14d from today`);
    }
    if (form.effort !== null) {
      const typed = /^(?:(\d+) ?h)? ?(?:(\d+) ?m(?:in)?)?$/.exec(form.effort.trim());
      if (!typed) refuse('effort', `\`${form.effort}\` is no effort; write it as 45m, 2h or 3d`);
      after.effort_min = Number(typed?.[1] ?? 0) * 60 + Number(typed?.[2] ?? 0) || null;
    }
    if (form.hypothesis !== null) {
      const wrong = form.hypothesis.trim() ? refusal(form.hypothesis) : null;
      if (wrong) refuse('hypothesis', wrong);
      after.hypothesis = form.hypothesis.trim() || null;
      after.claimed = after.hypothesis ? claimed(after.hypothesis) : null;
    }
    const words = (text: string | null) => (text ?? '').split(/[\s,]+/).filter(Boolean);
    if (form.labels !== null) after.labels = words(form.labels);
    after.labels = [...new Set([...after.labels, ...words(form.add_labels)])].filter(
      (label) => !words(form.remove_labels).includes(label),
    );
    after.incident_title = after.incident ? this.incidents.get(after.incident).title : null;
    if (form.entry)
      after.entry_text =
        this.incidents.get(after.incident ?? '').entries.find(({ id }) => id === form.entry)?.text ?? null;
    return standing(after);
  }
}

/** How the due date stands, as the core reckons it. */
function standing(one: FollowUpView): FollowUpView {
  const today = iso(NOW).slice(0, 10);
  const open = one.status === 'open' || one.status === 'doing';
  const day = one.due ? new Date(`${one.due}T12:00:00Z`) : null;
  const near = day !== null && day.getTime() / 1000 - NOW < 2 * DAY;
  const word =
    !one.due || !open
      ? null
      : one.due < today
        ? 'overdue'
        : one.due === today
          ? 'today'
          : near
            ? 'soon'
            : 'later';
  return { ...one, deadline: word, due_on_weekend: day !== null && [0, 6].includes(day.getUTCDay()) };
}

function rowOf(one: FollowUpView): FollowUpRow {
  const { text, entry_text, claimed: claim, ...row } = one;
  void text;
  void claim;
  void entry_text;
  return row;
}

function byUrgency(a: FollowUpRow, b: FollowUpRow): number {
  const open = (row: FollowUpRow) => (row.status === 'open' || row.status === 'doing' ? 0 : 1);
  return open(a) - open(b) || (a.due ?? '9').localeCompare(b.due ?? '9');
}

function blank(id: string): FollowUpView {
  return {
    id,
    incident: null,
    incident_title: null,
    title: '',
    kind: 'prevent',
    priority: 'medium',
    owner: '',
    due: null,
    deadline: null,
    due_on_weekend: false,
    effort_min: null,
    labels: [],
    status: 'open',
    entry: null,
    passage: null,
    slo: null,
    journey: null,
    required: null,
    author: 'you',
    created: iso(NOW - 1_200),
    updated: iso(NOW - 600),
    ticket: null,
    hypothesis: null,
    proof: null,
    text: '',
    entry_text: null,
    claimed: null,
  };
}

function story(): FollowUpView[] {
  const due = (days: number) => iso(NOW + days * DAY).slice(0, 10);
  const settings = {
    incident: 'inc-39',
    incident_title: 'Customer settings load ten times slower than promised',
    slo: 'settings-first-load-production',
    journey: 'customer-settings',
  };
  const past = {
    incident: 'inc-31',
    incident_title: 'Sign-in refused for accounts with a second factor',
    journey: 'sign-in',
  };
  const linked = (key: string, state = 'linked') => ({
    key,
    url: `https://example.atlassian.net/browse/${key}`,
    state,
  });
  const rows: Partial<FollowUpView>[] = [
    {
      ...settings,
      title: 'Load settings of all integrations in parallel',
      kind: 'prevent',
      priority: 'highest',
      owner: 'second on call',
      due: due(5),
      effort_min: 24 * 60,
      labels: ['settings', 'first-load'],
      status: 'doing',
      required: 'resolved',
      entry: 'e5',
      entry_text:
        'All thirteen integrations are asked one after another before the page answers. The slowest takes 4.1 s.',
      text: 'Ask all thirteen at once, with a limit of **800 ms** each.\n\nWhat does not answer in time is shown as *still loading*.',
      ticket: linked('OPS-412'),
      ...proven('settings-first-load errors improve 10× on staging then production'),
    },
    {
      ...settings,
      title: 'Cut the response of the settings API down to what the page shows',
      kind: 'prevent',
      priority: 'high',
      owner: 'you',
      due: due(-1),
      effort_min: 16 * 60,
      labels: ['settings'],
      required: 'resolved',
      ticket: linked('OPS-413', 'conflict'),
    },
    {
      ...settings,
      title: 'Defer secondary requests until the page is usable',
      kind: 'mitigate',
      priority: 'high',
      due: due(8),
      effort_min: 40 * 60,
      labels: ['settings', 'frontend'],
      ticket: { key: null, url: null, state: 'rejected' },
    },
    {
      ...settings,
      title: 'Warn at 99 % under 500 ms along the journey',
      kind: 'detect',
      priority: 'medium',
      owner: 'you',
      due: due(0),
      required: 'reviewed',
      ticket: { key: null, url: null, state: 'queued' },
    },
    {
      ...past,
      title: 'Rehearse the failover of the second factor',
      kind: 'mitigate',
      priority: 'medium',
      owner: 'identity team',
      due: due(20),
      ticket: { key: null, url: null, state: 'unknown' },
    },
    {
      ...past,
      title: 'Alert on refused sign-ins by method',
      kind: 'detect',
      priority: 'low',
      owner: 'you',
      status: 'done',
      due: due(-4),
      effort_min: 180,
      ticket: linked('OPS-377'),
      ...refuted('sign-in errors improve 5× on production'),
    },
    {
      ...past,
      title: 'Replace the vendor of text messages',
      kind: 'prevent',
      priority: 'lowest',
      status: 'dropped',
      ticket: linked('OPS-378', 'broken'),
    },
    { title: 'Write the runbook for the night', kind: 'investigate', priority: 'low', labels: ['docs'] },
  ];
  return rows.map((row, i) => standing({ ...blank(`follow-${i + 1}`), ...row }));
}

function many(): FollowUpView[] {
  const owners = ['', 'Ana', 'Bo', 'Chi', 'Dara', 'you'];
  const pick = <T>(from: T[], i: number) => from[i % from.length] as T;
  return Array.from({ length: 2_000 }, (_, i) =>
    standing({
      ...blank(`follow-many-${i}`),
      title: `Step ${String(i + 1).padStart(4, '0')}: make one of two thousand things better`,
      owner: pick(owners, i * 7),
      kind: pick(KINDS, i * 3),
      priority: pick(PRIORITIES, i * 11),
      status: pick(STATUSES, i),
      due: i % 5 === 0 ? null : iso(NOW + ((i % 60) - 10) * DAY).slice(0, 10),
      incident: i % 3 === 0 ? 'inc-31' : null,
      incident_title: i % 3 === 0 ? 'Sign-in refused for accounts with a second factor' : null,
      ticket:
        i % 4 === 0
          ? null
          : { key: `OPS-${i}`, url: `https://example.atlassian.net/browse/OPS-${i}`, state: 'linked' },
    }),
  );
}
