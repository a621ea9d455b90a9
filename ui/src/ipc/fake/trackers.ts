/** A made-up Jira: found by looking around, with demands, conflicts, refusals and doubts that can be settled. */
import {
  Fault,
  type Client,
  type TicketView,
  type TrackerForm,
  type TrackerFound,
  type TrackerRow,
} from '../client';
import type { FollowUps } from './followups';
import { NASTY, NOW, type Mode } from './world';

type Calls = Pick<
  Client,
  | 'trackers'
  | 'trackerDiscover'
  | 'trackerAdd'
  | 'trackerChange'
  | 'trackerTest'
  | 'trackerRemove'
  | 'trackerPeople'
  | 'trackerPerson'
  | 'trackerBelieve'
  | 'ticket'
  | 'ticketMake'
  | 'ticketLink'
  | 'ticketUnlink'
  | 'ticketSettle'
  | 'ticketComment'
  | 'ticketWays'
  | 'ticketWay'
>;

const iso = (at: number) => new Date(at * 1000).toISOString();
const page = (key: string) => `https://example.atlassian.net/browse/${key}`;
const TEAM = { field: 'customfield_10010', name: 'Team', kind: 'option', options: ['Platform', 'Payments'] };

export class Trackers {
  all: TrackerRow[] = [];
  tickets = new Map<string, TicketView>();
  #next = 500;

  constructor(
    mode: Mode,
    private followUps: FollowUps,
  ) {
    if (mode === 'story' || mode === 'many') this.all = [tracker('jira-example', 'OPS')];
    if (mode === 'story') {
      this.all.push({
        ...tracker('jira-data-center', 'CORE'),
        kind: 'jira_datacenter',
        url: 'https://jira.internal',
        account: 'firewatch',
        links: 40,
        asking: 0,
        conflicts: 0,
        automatic: false,
        expires: '2026-12-01',
        expires_in_days: 9,
        demands: [TEAM],
        brake: { links: 40, lost: 37, at: NOW - 600 },
        unknown_people: ['identity team'],
      });
      for (const one of this.followUps.all)
        if (one.ticket) this.tickets.set(one.id, ticketOf(one.id, one.ticket));
    }
    if (mode === 'hostile') {
      const nasty = NASTY[0] ?? '';
      this.all = [
        {
          ...tracker(nasty, nasty),
          account: nasty,
          trouble: nasty,
          unknown_people: NASTY.slice(0, 2),
          demands: [{ ...TEAM, name: nasty, options: NASTY }],
        },
      ];
      for (const one of this.followUps.all)
        this.tickets.set(one.id, {
          ...ticketOf(one.id, { key: nasty, url: nasty, state: 'rejected' }),
          trouble: nasty,
          status: nasty,
          refused: { [nasty]: nasty, duedate: nasty },
          conflicts: [{ field: nasty, base: nasty, ours: nasty, theirs: nasty }],
          comments: [{ author: nasty, at: iso(NOW), text: nasty, ours: false }],
        });
    }
  }

  /** What was refused goes out again once it was corrected. */
  corrected(id: string): void {
    const ticket = this.tickets.get(id);
    if (ticket?.state === 'rejected') this.put(this.made(ticket));
  }

  /** The person sent an act again, or said how it ended. */
  settled(act: string, how: string): boolean {
    const ticket = [...this.tickets.values()].find((one) => one.act === act);
    if (!ticket) return false;
    if (how === 'drop') this.forget(ticket.followup);
    else this.put(this.made(ticket, how.startsWith('done:') ? how.slice(5) : undefined));
    return true;
  }

  calls(answer: <T>(make: () => T) => Promise<T>, emit: (...topics: string[]) => void): Calls {
    const told = async <T>(make: () => T): Promise<T> => {
      const out = await answer(make);
      emit('followups', 'settings', 'outbox');
      return out;
    };
    return {
      trackers: () => answer(() => [...this.all]),
      trackerDiscover: (form) => answer(() => found(form)),
      trackerAdd: (form) =>
        told(() => {
          if (this.all.some(({ name }) => name === form.name))
            throw new Fault(
              'invalid',
              `A destination named ${form.name} exists already.`,
              'Choose another name.',
              'name',
            );
          const constants = form.constants as Record<string, string>;
          if (form.project === 'OPS' && !constants[TEAM.field])
            throw new Fault(
              'invalid',
              'Team is demanded for every new ticket; choose Platform or Payments.',
              undefined,
              'constants',
            );
          const row = {
            ...tracker(form.name, form.project),
            links: 0,
            asking: 0,
            conflicts: 0,
            read_at: null,
          };
          this.all = [...this.all, row];
          return row;
        }),
      trackerChange: (form) => told(() => this.change(form.name, { demands: [], expires: form.expires })),
      trackerTest: (name) =>
        answer(() => ({
          ok: true,
          lines: [
            { check: 'sign-in', verdict: 'ok', message: `signed in as ${this.find(name).account}`, cure: '' },
            { check: 'permissions', verdict: 'ok', message: 'may create, edit, move and comment', cure: '' },
            {
              check: 'token',
              verdict: 'degraded',
              message: 'nobody told when the token ends',
              cure: 'enter its last day to be reminded',
            },
          ],
        })),
      trackerRemove: async (name) =>
        void (await told(() => (this.all = this.all.filter((one) => one.name !== name)))),
      trackerPeople: (_name, query) =>
        answer(() =>
          query.startsWith('x')
            ? []
            : [
                { key: 'acc-1', name: `${query} (Identity)` },
                { key: 'acc-2', name: 'Ida Entity' },
              ],
        ),
      trackerPerson: (name, owner) =>
        told(() =>
          this.change(name, {
            unknown_people: this.find(name).unknown_people.filter((one) => one !== owner),
          }),
        ),
      trackerBelieve: (name) => told(() => this.change(name, { brake: null })),
      ticket: (id) => answer(() => this.tickets.get(id) ?? null),
      ticketMake: (id, name) =>
        told(() =>
          this.put({ ...ticketOf(id, { key: null, url: null, state: 'queued' }), tracker: name, waiting: 1 }),
        ),
      ticketLink: (id, name, key) =>
        told(() => this.put({ ...ticketOf(id, { key, url: page(key), state: 'linked' }), tracker: name })),
      ticketUnlink: async (id) => void (await told(() => this.forget(id))),
      ticketSettle: (id, field) =>
        told(() => {
          const before = this.get(id);
          const conflicts = before.conflicts.filter((one) => one.field !== field);
          return this.put({ ...before, conflicts, state: conflicts.length > 0 ? 'conflict' : 'linked' });
        }),
      ticketComment: (id, text) =>
        told(() => {
          const before = this.get(id);
          const said = { author: 'you', at: new Date().toISOString(), text, ours: true };
          return this.put({ ...before, comments: [...before.comments, said] });
        }),
      ticketWays: () =>
        answer(() => [
          { status: '3', name: 'In review', category: 'indeterminate' },
          { status: '5', name: 'Shipped', category: 'done' },
          { status: '6', name: 'Won’t do', category: 'done' },
        ]),
      ticketWay: (id) => told(() => this.get(id)),
    };
  }

  private find(name: string): TrackerRow {
    const row = this.all.find((one) => one.name === name);
    if (!row) throw new Fault('not_found', 'There is no such tracker.', 'Go back to the list.');
    return row;
  }

  private change(name: string, patch: Partial<TrackerRow>): TrackerRow {
    const after = { ...this.find(name), ...patch };
    this.all = this.all.map((one) => (one.name === name ? after : one));
    return after;
  }

  private get(id: string): TicketView {
    const ticket = this.tickets.get(id);
    if (!ticket) throw new Fault('not_found', 'It has no ticket.', 'Make one first.');
    return ticket;
  }

  private made(ticket: TicketView, key = `OPS-${++this.#next}`): TicketView {
    return {
      ...ticketOf(ticket.followup, { key, url: page(key), state: 'linked' }),
      tracker: ticket.tracker,
    };
  }

  private put(ticket: TicketView): TicketView {
    this.tickets.set(ticket.followup, ticket);
    const { key, url, state } = ticket;
    this.followUps.join(ticket.followup, { key, url, state });
    return ticket;
  }

  private forget(id: string): void {
    this.tickets.delete(id);
    this.followUps.join(id, null);
  }
}

function tracker(name: string, project: string): TrackerRow {
  return {
    name,
    kind: 'jira_cloud',
    url: 'https://example.atlassian.net',
    project,
    issue_type: 'Task',
    account: 'Firewatch (ops)',
    secret: 'keyring',
    automatic: true,
    label: true,
    expires: null,
    expires_in_days: null,
    demands: [],
    constants: {},
    links: 5,
    conflicts: 1,
    waiting: 1,
    asking: 2,
    read_at: NOW - 40,
    trouble: null,
    brake: null,
    unknown_people: [],
  };
}

function ticketOf(
  followup: string,
  row: { key: string | null; url: string | null; state: string },
): TicketView {
  const plain: TicketView = {
    followup,
    tracker: 'jira-example',
    key: row.key,
    url: row.url,
    state: row.state,
    status: row.key ? 'In progress' : null,
    trouble: null,
    refused: {},
    act: null,
    waiting: row.state === 'queued' ? 1 : 0,
    conflicts: [],
    opaque: false,
    comments: [],
  };
  if (row.state === 'linked')
    return {
      ...plain,
      comments: [
        { author: 'Second on call', at: iso(NOW - 4_000), text: 'Nine of thirteen are done.', ours: false },
        {
          author: 'Firewatch (ops)',
          at: iso(NOW - 900),
          text: 'Measured on staging: 9.4× faster.',
          ours: true,
        },
      ],
    };
  if (row.state === 'conflict')
    return {
      ...plain,
      conflicts: [
        { field: 'due', base: '2026-11-30', ours: '2026-11-21', theirs: '2026-12-11' },
        {
          field: 'summary',
          base: 'Cut the response down',
          ours: 'Cut the response of the settings API down to what the page shows',
          theirs: 'Settings API: smaller response (v2)',
        },
      ],
    };
  if (row.state === 'rejected')
    return {
      ...plain,
      trouble: 'Jira refused two fields of the new ticket',
      refused: {
        duedate: 'The due date lies after the end of the release.',
        [TEAM.field]: 'Team is required.',
      },
      act: `act-${followup}`,
    };
  if (row.state === 'unknown')
    return {
      ...plain,
      trouble: 'The connection broke after the ticket was sent; it is looked for again in 2 min.',
      act: `act-${followup}`,
    };
  return plain;
}

function found(form: TrackerForm): TrackerFound {
  if (form.url.includes('refused'))
    throw new Fault(
      'invalid',
      'jira does not answer (connection refused); check the address and that it is reachable from here',
    );
  if ((form.token ?? '').includes('old'))
    throw new Fault(
      'invalid',
      'Jira does not take this token (401); make a new one and enter it',
      undefined,
      'token',
    );
  const constants = form.constants as Record<string, string>;
  return {
    deployment: form.kind === 'cloud' ? 'Cloud' : 'Server',
    version: form.kind === 'cloud' ? '1001.0.0' : '10.3.2',
    account: 'Firewatch (ops)',
    zone: 'Europe/Berlin',
    projects: [
      { key: 'OPS', name: 'Operations' },
      { key: 'WEB', name: 'Website' },
      { key: 'SEC', name: 'Security' },
    ],
    types: form.project
      ? [
          { key: '10001', name: 'Task' },
          { key: '10002', name: 'Bug' },
        ]
      : [],
    lacking: form.project === 'SEC' ? ['CREATE_ISSUES'] : form.project === 'WEB' ? ['TRANSITION_ISSUES'] : [],
    demands: form.project === 'OPS' && !constants[TEAM.field] ? [TEAM] : form.project === 'OPS' ? [TEAM] : [],
    screen_unknown: form.project === 'WEB',
  };
}
