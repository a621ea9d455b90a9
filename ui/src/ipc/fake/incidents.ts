/** Made-up incidents that behave: entries append, the phase follows. */
import { Fault, type IncidentView, type OpenIncident } from '../client';
import { NASTY, NOW, type Mode } from './world';

const iso = (at: number) => new Date(at * 1000).toISOString();
const CLOSED = ['resolved', 'reviewed', 'cancelled', 'merged'];
const PHASES = ['investigating', 'identified', 'mitigating', 'monitoring', 'resolved', 'reviewed'];
const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

/** Entries an act answers with, as in the core. */
const LAST = 200;

/** What an incident has of command before anybody did anything. */
const ROOM = {
  offered: {},
  checklist: [],
  evidence: [],
  reopened: 0,
  merged_into: null,
  absorbed: [],
  pressing: true,
  entries_before: 0,
  amended: 0,
} satisfies Partial<IncidentView>;

export class Incidents {
  all: IncidentView[] = [];
  #next = 40;

  constructor(mode: Mode) {
    if (mode === 'story') this.all = [story(), past()];
    if (mode === 'many') this.all = [long(), past()];
    if (mode === 'hostile') this.all = [hostile()];
  }

  open(): OpenIncident[] {
    return this.all
      .filter((incident) => !CLOSED.includes(incident.phase))
      .map(({ id, title, severity, phase, declared_at, update_due, streams, pressing }) => ({
        id,
        title,
        severity,
        phase,
        declared_at: Date.parse(declared_at) / 1000,
        update_due: update_due === null ? null : Date.parse(update_due) / 1000,
        quiet_at: streams
          .filter(({ outcome }) => pressing && outcome === null)
          .map(({ quiet_at }) => Date.parse(quiet_at) / 1000),
      }));
  }

  get(id: string): IncidentView {
    const found = this.all.find((incident) => incident.id === id);
    if (!found) throw new Fault('not_found', 'There is no such incident.', 'Open the list of incidents.');
    return found;
  }

  declare(title: string, severity: string, slos: string[]): IncidentView {
    if (!title.trim())
      throw new Fault('invalid', 'An incident needs a title.', 'Say in a few words what customers see.');
    const at = Date.now() / 1000;
    const incident: IncidentView = {
      id: `inc-${++this.#next}`,
      title,
      severity,
      phase: 'investigating',
      roles: {},
      ...ROOM,
      declared_at: iso(at),
      slos,
      corrected_times: {},
      streams: [],
      room: null,
      times: { impact_start: null, detected: iso(at), acknowledged: null, mitigated: null, resolved: null },
      entries: plain([
        { id: 'e1', at: iso(at), author: 'you', kind: 'declared', text: `declared ${severity}: ${title}` },
      ]),
      followups: [],
      update_due: iso(at + 3600),
      drill: false,
      opened_by_policy: false,
    };
    this.all = [incident, ...this.all];
    return incident;
  }

  put(id: string, patch: Partial<IncidentView>): IncidentView {
    const after = { ...this.get(id), ...patch };
    this.all = this.all.map((incident) => (incident.id === id ? after : incident));
    return after;
  }

  amend(id: string, entry: string, patch: (before: Entry) => Partial<Entry>): IncidentView {
    const entries = this.get(id).entries.map((one) => (one.id === entry ? { ...one, ...patch(one) } : one));
    return this.put(id, { entries });
  }

  /** A blocking item holds the phase, as in the core. */
  move(id: string, phase: string, despite: string | null): IncidentView {
    const before = this.get(id);
    const place = (word: string) => PHASES.indexOf(word);
    const held = before.checklist.filter(
      (one) =>
        one.blocking &&
        one.done_by === null &&
        place(before.phase) < place(phase) &&
        place(one.phase) < place(phase),
    );
    if (held.length > 0 && despite === null)
      throw new Fault(
        'held',
        `the incident cannot be ${phase} yet: ${held.map(({ text }) => text).join('; ')}. Do what is open, or move on with a reason`,
      );
    if (held.length > 0)
      this.change(
        id,
        {},
        'gate_overridden',
        `moved to ${phase} although ${held.length} was open: ${despite}`,
      );
    return this.change(id, { phase }, 'phase', `${before.phase} → ${phase}`);
  }

  change(id: string, patch: Partial<IncidentView>, kind: string, text: string): IncidentView {
    const before = this.get(id);
    const after = {
      ...before,
      ...patch,
      entries: [
        ...before.entries,
        ...plain([
          { id: `e${before.entries.length + 1}`, at: new Date().toISOString(), author: 'you', kind, text },
        ]),
      ],
    };
    this.all = this.all.map((incident) => (incident.id === id ? after : incident));
    return ending(after);
  }
}

/** What an act answers with: the end of a long timeline. */
export function ending(incident: IncidentView): IncidentView {
  const entries_before = Math.max(0, incident.entries.length - LAST);
  return { ...incident, entries: incident.entries.slice(entries_before), entries_before };
}

/** An incident of weeks. */
function long(): IncidentView {
  const start = NOW - 10_000 * 90;
  const entries = Array.from({ length: 10_000 }, (_, i) => ({
    id: `n${i}`,
    at: iso(start + i * 90),
    author: i % 3 ? 'you' : 'second on call',
    kind: i % 9 ? 'note' : 'turn',
    text: `Number ${i}: ${i % 7 ? 'latency fell and rose again' : 'the replica in the other zone was tried, and the pool of connections was at its limit until the flag was taken back'}`,
  }));
  return { ...story(), declared_at: iso(start), entries: plain(entries) };
}

function story(): IncidentView {
  const start = NOW - 2_530;
  return {
    id: 'inc-39',
    title: 'Customer settings load ten times slower than promised',
    severity: 'SEV1',
    phase: 'identified',
    roles: { commander: 'you', scribe: 'second on call' },
    ...ROOM,
    offered: { commander: { person: 'day shift', by: 'you', at: iso(NOW - 90) } },
    checklist: checklist(),
    evidence: [{ hash: HASH, text: 'froze 2 SLOs, 61 alerts and 4 queries', at: iso(start) }],
    declared_at: iso(start),
    slos: ['settings-first-load-production', 'save-settings-production'],
    corrected_times: {},
    streams: [
      {
        id: 's1',
        title: 'load in parallel',
        owner: 'second on call',
        heard_at: iso(NOW - 240),
        said: 'Nine of thirteen integrations can be asked at once.',
        outcome: null,
        quiet_at: iso(NOW + 660),
      },
      {
        id: 's2',
        title: 'slow partner',
        owner: '',
        heard_at: iso(NOW - 1_500),
        said: '',
        outcome: null,
        quiet_at: iso(NOW - 600),
      },
    ],
    room: {
      url: 'https://meet.jit.si/customer-settings-load-ten-times-0190ab',
      note: '',
      closed: false,
    },
    times: {
      impact_start: iso(start - 600),
      detected: iso(start - 240),
      acknowledged: iso(start),
      mitigated: null,
      resolved: null,
    },
    entries: plain([
      {
        id: 'e1',
        at: iso(start),
        author: 'you',
        kind: 'declared',
        text: 'declared SEV1: Customer settings load ten times slower than promised',
      },
      {
        id: 'e2',
        at: iso(start + 6),
        author: 'Firewatch',
        kind: 'evidence',
        text: 'froze the burn chart, 61 alerts and 2 queries',
      },
      { id: 'e3', at: iso(start + 40), author: 'you', kind: 'role', text: 'commander: you' },
      { id: 'e4', at: iso(start + 95), author: 'you', kind: 'role', text: 'scribe: second on call' },
      {
        id: 'e5',
        at: iso(start + 310),
        author: 'second on call',
        kind: 'note',
        text: 'All thirteen integrations are asked one after another before the page answers. The slowest takes 4.1 s.',
      },
      { id: 'e6', at: iso(start + 620), author: 'you', kind: 'phase', text: 'investigating → identified' },
      {
        id: 'e7',
        at: iso(start + 640),
        author: 'Firewatch',
        kind: 'turn',
        text: 'Save settings (production): the budget is spent',
      },
      {
        id: 'e8',
        at: iso(start + 1_500),
        author: 'you',
        kind: 'note',
        text: 'Trying the flag that defers secondary requests. Expect first load under 2 s within five minutes of the rollout; if not, roll back the release from 02:10.',
      },
    ]),
    followups: [],
    update_due: iso(NOW + 560),
    drill: false,
    opened_by_policy: false,
  };
}

type Item = IncidentView['checklist'][number];

function item(id: string, text: string, role: string, phase: string, done = false): Item {
  return {
    id,
    text,
    role,
    owner: role === 'commander' ? 'you' : '',
    phase,
    blocking: false,
    done_by: done ? 'you' : null,
    done_at: done ? iso(NOW - 900) : null,
  };
}

function checklist(): Item[] {
  return [
    item('commander', 'Somebody is commander and said so', '', 'investigating', true),
    item('scope', 'Say what customers feel, and since when', 'commander', 'investigating', true),
    item('hypothesis', 'Write down what it is, and what speaks for it', 'commander', 'identified'),
    item('way-back', 'Know the way back before the mitigation goes out', 'operations', 'mitigating'),
    {
      ...item('confirmed', 'Customers or support confirm that it is over', 'commander', 'monitoring'),
      blocking: true,
    },
  ];
}

function past(): IncidentView {
  const start = NOW - 12 * 86_400;
  return {
    ...story(),
    ...ROOM,
    id: 'inc-31',
    declared_at: iso(start),
    pressing: false,
    reopened: 1,
    title: 'Sign-in refused for accounts with a second factor',
    severity: 'SEV2',
    phase: 'resolved',
    update_due: null,
    streams: [],
    room: null,
    opened_by_policy: true,
    slos: ['sign-in-availability-production'],
    times: {
      impact_start: iso(start - 300),
      detected: iso(start),
      acknowledged: iso(start + 60),
      mitigated: iso(start + 3_000),
      resolved: iso(start + 4_200),
    },
    entries: plain([
      {
        id: 'e1',
        at: iso(start),
        author: 'Firewatch',
        kind: 'declared',
        text: 'opened by policy: page burn held for 5 min',
      },
      { id: 'e2', at: iso(start + 3_000), author: 'you', kind: 'phase', text: 'identified → mitigating' },
      { id: 'e3', at: iso(start + 4_200), author: 'you', kind: 'phase', text: 'monitoring → resolved' },
    ]),
  };
}

function hostile(): IncidentView {
  return {
    ...story(),
    id: 'inc-13',
    title: NASTY[0] ?? '',
    offered: { commander: { person: NASTY[3] ?? '', by: NASTY[0] ?? '', at: iso(NOW - 60) } },
    checklist: NASTY.map((text, i) => ({ ...item(`c${i}`, text, text, 'identified'), blocking: i === 0 })),
    evidence: [{ hash: HASH, text: NASTY[2] ?? '', at: iso(NOW - 60) }],
    streams: NASTY.map((text, i) => ({
      id: `s${i}`,
      title: text,
      owner: text,
      heard_at: iso(NOW - 60),
      said: text,
      outcome: i === 1 ? text : null,
      quiet_at: iso(NOW + 60),
    })),
    room: { url: NASTY[3] ?? '', note: NASTY[4] ?? '', closed: false },
    roles: { commander: NASTY[1] ?? '', [NASTY[2] ?? '']: NASTY[4] ?? '' },
    slos: NASTY,
    entries: NASTY.map((text, i) => ({
      before: i === 1 ? text : null,
      struck: i === 2 ? text : null,
      starred: i === 3,
      picture: null,
      id: `e${i}`,
      at: iso(NOW - 900 + i * 60),
      author: text,
      kind: i === 0 ? 'declared' : text,
      text,
    })),
  };
}

/** What was heard of a stream, named by its id or its title. */
export function streamed(
  before: IncidentView,
  stream: string,
  patch: Partial<IncidentView['streams'][number]>,
) {
  const heard_at = new Date().toISOString();
  return {
    streams: before.streams.map((one) =>
      one.id === stream || one.title === stream ? { ...one, heard_at, ...patch } : one,
    ),
  };
}

/** A draft in the form of the core's. */
export function draftOf(incident: IncidentView) {
  const head = `${incident.severity}: ${incident.title} (${incident.phase})`;
  const business = `${head}
Conditions: customers are affected since 03:12 UTC (42 min). First load is burning, 14× over 1 h and 5 min.
Actions: ${incident.entries.at(-1)?.text ?? ''}
Needs: nothing at the moment.
Next update by 04:24 UTC.`;
  return { business, technical: business.replace('5 min.', '5 min; 5 000 bad of 1 810 422.') };
}

type Entry = IncidentView['entries'][number];
type Plain = Omit<Entry, 'before' | 'struck' | 'starred' | 'picture'>;

/** Entries that nobody corrected or struck. */
function plain(entries: Plain[]): IncidentView['entries'] {
  return entries.map((entry) => ({ ...entry, before: null, struck: null, starred: false, picture: null }));
}
