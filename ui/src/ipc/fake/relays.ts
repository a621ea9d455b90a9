/**
 * Made-up relays that behave: a server that is connected, a folder where others offer an incident, and whoever is in a
 * postmortem there.
 */
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { fromBase64, toBase64 } from '~/features/postmortem/text/bytes';
import {
  Fault,
  type Client,
  type IncidentView,
  type RelayForm,
  type RelayIncident,
  type RelayRow,
} from '../client';
import type { Incidents } from './incidents';
import { NASTY, NOW, type Mode } from './world';

type Calls = Pick<
  Client,
  | 'relayList'
  | 'relayAdd'
  | 'relayTest'
  | 'relayShare'
  | 'relayRemove'
  | 'presenceSet'
  | 'presenceGet'
  | 'incidentImport'
>;
type Answer = <T>(make: () => T) => Promise<T>;

export class Relays {
  all: RelayRow[] = [];
  /** What this window said of itself last, by incident. */
  said = new Map<string, string>();
  #pull: (incident: string) => Promise<string>;
  #heard = new Set<(incident: string, update: string) => void>();

  constructor(
    mode: Mode,
    private incidents: Incidents,
    private together: boolean,
    pull: (incident: string) => Promise<string>,
  ) {
    this.#pull = pull;
    const hub = row({
      name: 'team-hub',
      kind: 'hocuspocus',
      at: 'wss://relay.example.com',
      secret: 'keyring',
    });
    const folder = row({ name: 'sync', kind: 'folder', at: '/srv/Sync/firewatch' });
    if (mode === 'story' || mode === 'many')
      this.all = [
        { ...hub, incidents: this.#incidents(hub, ['inc-39']) },
        {
          ...folder,
          state: 'waiting',
          why: '/srv/Sync/firewatch cannot be written (Read-only file system); what is written waits here.',
          incidents: [
            { ...incident('inc-7'), title: 'Invoices without a total', state: 'offered' },
            ...this.#incidents(folder, []),
          ],
        },
      ];
    if (mode === 'hostile')
      this.all = NASTY.map((name, i) => ({
        ...hub,
        ...{ name, at: name, secret: name, why: name, state: i % 2 ? 'refused' : name },
        incidents: [{ ...incident(name), title: name, shared: i % 2 > 0, state: 'refused', why: name }],
      }));
  }

  /** Somebody else is in a document, with their caret so many letters into a block of the text. */
  async somebody(id: string, who: unknown, block: number, from: number, to = from): Promise<string> {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, fromBase64(await this.#pull(id)));
    const other = new Awareness(new Y.Doc());
    const words = textIn(doc, block);
    const at = (index: number) => Y.createRelativePositionFromTypeIndex(words, index);
    other.setLocalState({ user: who, cursor: { anchor: at(from), head: at(to) } });
    const update = encodeAwarenessUpdate(other, [other.clientID]);
    other.destroy();
    return toBase64(update);
  }

  tell(incident: string, update: string): void {
    this.#heard.forEach((heard) => heard(incident, update));
  }

  hear(heard: (incident: string, update: string) => void): () => void {
    this.#heard.add(heard);
    return () => this.#heard.delete(heard);
  }

  calls(answer: Answer, emit: (...topics: string[]) => void): Calls {
    const find = (name: string) => {
      const found = this.all.find((one) => one.name === name);
      if (!found) throw new Fault('not_found', `There is no relay called ${name}.`);
      return found;
    };
    const put = (after: RelayRow) => {
      this.all = [...this.all.filter(({ name }) => name !== after.name), after];
      emit('relays');
      return after;
    };
    return {
      relayList: () => answer(() => this.all),
      relayAdd: (form) =>
        answer(() => {
          refuse(form, this.all);
          const made = row({
            ...form,
            incidents: [],
            kind: form.kind || 'hocuspocus',
            secret: form.token ? 'keyring' : 'none',
          });
          return put({ ...made, all: form.all, incidents: this.#incidents(made, [], form.all) });
        }),
      relayTest: (name) =>
        answer(() => {
          const one = find(name);
          const ok = one.state === 'connected';
          const line = { check: one.kind === 'folder' ? 'folder' : 'relay', verdict: ok ? 'ok' : 'broken' };
          const message = ok ? `${one.at} answers and lets us in` : (one.why ?? '');
          return { ok, lines: [{ ...line, message, cure: ok ? '' : 'make the folder, or choose another' }] };
        }),
      relayShare: (name, all, chosen) =>
        answer(() => {
          const one = find(name);
          const incidents = one.incidents.map((each) => {
            const shared = all || chosen.includes(each.id);
            return {
              ...each,
              shared,
              state: shared ? one.state : each.state === 'offered' ? 'offered' : 'off',
            };
          });
          return put({ ...one, all, incidents });
        }),
      relayRemove: (name) =>
        answer(() => {
          this.all = this.all.filter((one) => one.name !== name);
          emit('relays');
        }),
      presenceSet: async (incident, update) => void this.said.set(incident, update),
      presenceGet: async (incident) => {
        if (!this.together || incident !== 'inc-39') return '';
        return this.somebody(incident, { name: 'Ana Ruiz', color: 'red' }, 1, 12, 24);
      },
      incidentImport: (path) =>
        answer((): IncidentView => {
          if (!path.trim().endsWith('.fwcase'))
            throw new Fault(
              'invalid',
              `${path} is no case file.`,
              'Choose a file that ends in .fwcase.',
              'path',
            );
          return this.incidents.declare('Invoices without a total', 'SEV2', []);
        }),
    };
  }

  #incidents(relay: RelayRow, shared: string[], all = false): RelayIncident[] {
    return this.incidents.all.map(({ id, title }) => {
      const is = all || shared.includes(id);
      return { ...incident(id), title, shared: is, state: is ? relay.state : 'off' };
    });
  }
}

function row(about: Partial<RelayRow> & { name: string; kind: string; at: string }): RelayRow {
  const { name, kind, at, secret = 'none', allow_plain_http = false } = about;
  const stand = { state: 'connected', since: NOW - 5_400, why: null };
  return { name, kind, at, secret, allow_plain_http, all: false, ...stand, incidents: [] };
}

const incident = (id: string): RelayIncident => ({
  ...{ id, title: null, shared: false, state: 'off', since: null, why: null },
});

function refuse(form: RelayForm, all: RelayRow[]): void {
  if (all.some(({ name }) => name === form.name))
    throw new Fault('invalid', `A relay named ${form.name} exists already.`, 'Choose another name.', 'name');
  if (form.at.includes('refused'))
    throw new Fault('refused', 'Nothing answers at this address.', 'Check host and port.', 'at');
  if (form.at.includes('secret') && form.token !== 'right')
    throw new Fault('refused', 'The relay does not take this token.', 'Ask who runs it.', 'token');
}

function textIn(doc: Y.Doc, block: number): Y.XmlText {
  const element = doc.getXmlFragment('postmortem').get(block);
  const words = element instanceof Y.XmlElement ? element.get(0) : element;
  if (!(words instanceof Y.XmlText)) throw new Error('There is no text in this block.');
  return words;
}
