/** A made-up outbox: acts that are sent, settled and dropped as in the real one. */
import { Fault, type ActRow, type DestinationForm, type DestinationRow } from '../client';
import { NASTY, NOW, type Mode } from './world';

const iso = (at: number) => new Date(at * 1000).toISOString();

export class Outbox {
  acts: ActRow[] = [];
  destinations: DestinationRow[] = [];
  #next = 900;

  constructor(mode: Mode) {
    if (mode === 'story' || mode === 'many') {
      this.destinations = [
        row({ ...FORM, name: 'ops-channel', kind: 'slack_webhook' }, 1),
        row({ ...FORM, name: 'status-page', kind: 'folder', path: '/srv/wiki/status' }, 0),
      ];
      this.acts = [
        act(
          'act-12',
          'ops-channel',
          'unknown',
          'Slack broke the connection without an answer; it may have arrived all the same',
        ),
        act(
          'act-13',
          'status-page',
          'queued',
          '/srv/wiki/status cannot be written (No such file or directory); make the folder, or choose another',
        ),
        { ...act('act-11', 'ops-channel', 'done', null), receipt: 'accepted' },
      ];
    }
    if (mode === 'hostile') {
      const nasty = (i: number) => NASTY[i % NASTY.length] ?? '';
      this.destinations = [
        { ...row({ ...FORM, name: nasty(0), kind: nasty(1) }, 3), detail: nasty(2), secret: nasty(3) },
      ];
      this.acts = NASTY.map((text, i) => ({
        ...act(`act-${i}`, text, 'rejected', text),
        text,
        note: text,
        url: text,
      }));
    }
  }

  waiting(): number {
    return this.acts.filter(({ state, due }) => state === 'queued' || (state === 'unknown' && due !== null))
      .length;
  }

  stuck(): number {
    return this.acts.filter(({ state, due }) => state === 'rejected' || (state === 'unknown' && due === null))
      .length;
  }

  change(id: string, patch: Partial<ActRow>): ActRow {
    const found = this.acts.find((one) => one.id === id);
    if (!found) throw new Fault('not_found', 'There is no such act.', 'Look at the outbox again.');
    const after = { ...found, ...patch };
    this.acts = this.acts.map((one) => (one.id === id ? after : one));
    return after;
  }

  post(object: string, text: string, to: string[]): void {
    const sent = to.map((name) => ({
      ...act(`act-${++this.#next}`, name, 'done', null),
      object,
      text,
      receipt: 'accepted',
    }));
    this.acts = [...sent, ...this.acts];
  }

  add(form: DestinationForm): DestinationRow {
    if (this.destinations.some(({ name }) => name === form.name))
      throw new Fault(
        'invalid',
        `There is a destination “${form.name}” already.`,
        'Choose another name.',
        'name',
      );
    const added = row(form, 0);
    this.destinations = [...this.destinations, added];
    return added;
  }
}

const FORM: DestinationForm = {
  name: '',
  kind: '',
  secret: null,
  channel: null,
  path: null,
  account: null,
  client: null,
  user: null,
  api: null,
  sign_in: null,
};

function row(form: DestinationForm, open: number): DestinationRow {
  return {
    name: form.name,
    kind: form.kind,
    detail: form.channel ?? form.path ?? '',
    secret: form.kind === 'folder' ? 'none' : 'keyring',
    takes_updates: form.kind !== 'zoom',
    open,
  };
}

function act(id: string, destination: string, state: string, reason: string | null): ActRow {
  return {
    id,
    destination,
    object: 'inc-39',
    act: 'post_update',
    state,
    attempts: 1,
    reason,
    created: iso(NOW - 1_200),
    due: state === 'queued' ? iso(NOW + 40) : null,
    receipt: null,
    url: null,
    note: null,
    text: 'SEV1: Customer settings load ten times slower than promised (identified)\nConditions: customers are affected since 03:12 UTC (42 min).',
  };
}
