/** What is typed about a relay, what is wrong with it before anybody is asked, and how its state is said. */
import type { RelayForm, RelayRow } from '~/ipc/client';

export const KINDS = [
  ['', 'find out'],
  ['hocuspocus', 'Hocuspocus'],
  ['y_websocket', 'y-websocket'],
  ['folder', 'Shared folder'],
] as const;

export const kindName = (kind: string): string => KINDS.find(([word]) => word === kind)?.[1] ?? kind;

export interface Draft {
  /** A server, or a folder that something else carries to the others. */
  way: 'server' | 'folder';
  name: string;
  kind: string;
  at: string;
  token: string;
  plain: boolean;
  all: boolean;
}

export const NEW: Draft = { way: 'server', name: '', kind: '', at: '', token: '', plain: false, all: false };

export type Faults = Partial<Record<keyof Draft, string>>;

/** Text and token would be readable on the way; a loopback address is nobody's way. */
export function travelsPlain(draft: Draft): boolean {
  const url = draft.way === 'server' ? parsed(draft.at) : null;
  return url?.protocol === 'ws:' && !['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
}

/** The name as typed, or one from the host or the last folder. */
export function nameOf(draft: Draft): string {
  const typed = draft.name.trim();
  if (typed) return typed;
  const from =
    draft.way === 'folder'
      ? (draft.at.split(/[\\/]/).filter(Boolean).at(-1) ?? '')
      : (parsed(draft.at)?.hostname ?? '');
  return from
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
}

/** What the person can see to be wrong without asking anyone. */
export function faultsOf(draft: Draft): Faults {
  const faults: Faults = {};
  const url = parsed(draft.at);
  if (draft.way === 'folder') {
    if (!draft.at.trim()) faults.at = 'The folder is missing.';
    else if (!/^(\/|[A-Za-z]:[\\/])/.test(draft.at.trim()))
      faults.at = 'Write the whole path, such as /srv/Sync/firewatch.';
  } else if (!draft.at.trim()) faults.at = 'The address is missing.';
  else if (!url) faults.at = 'This is no address of a relay. Example: wss://relay.example.com';
  else if (url.username || url.password)
    faults.at = 'Leave user and password out of the address; a token goes below.';
  if (!faults.at && !nameOf(draft)) faults.name = 'The relay needs a name.';
  if (travelsPlain(draft) && !draft.plain) faults.plain = 'Agree, or use wss://.';
  return faults;
}

export function formOf(draft: Draft): RelayForm {
  const server = draft.way === 'server';
  return {
    name: nameOf(draft),
    kind: server ? draft.kind : 'folder',
    at: draft.at.trim(),
    token: server && draft.token.trim() ? draft.token.trim() : null,
    allow_plain_http: travelsPlain(draft) && draft.plain,
    all: draft.all,
    incidents: [],
  };
}

/** The face of a state, and its word. */
export const STATES: Record<string, { face: string; says: string }> = {
  connected: { face: 'calm', says: 'connected' },
  connecting: { face: 'blind', says: 'connecting' },
  waiting: { face: 'blind', says: 'not reached' },
  refused: { face: 'exhausted', says: 'refused' },
  offered: { face: 'burning', says: 'offered by others' },
  off: { face: 'blind', says: 'off' },
};

export const stateOf = (state: string) => STATES[state] ?? { face: 'blind', says: state };

/** How the sharing of one incident stands over all relays, the worst first. */
interface Standing {
  is: 'connected' | 'connecting' | 'waiting' | 'refused' | 'offered' | 'off';
  relay: string;
  why: string | null;
}

const URGENCY = ['refused', 'waiting', 'off', 'connecting', 'connected'] as const;

/** Null where it is shared nowhere and nobody offers it. */
export function standingOf(relays: RelayRow[], incident: string): Standing | null {
  const at = relays.flatMap((relay) =>
    relay.incidents
      .filter(({ id }) => id === incident)
      .map((one) => ({ ...one, relay: relay.name, why: one.why ?? relay.why })),
  );
  const shared = at.filter((one) => one.shared);
  for (const is of URGENCY) {
    const one = shared.find(({ state }) => state === is);
    if (one) return { is, relay: one.relay, why: one.why };
  }
  const offered = at.find(({ state }) => state === 'offered');
  return offered ? { is: 'offered', relay: offered.relay, why: offered.why } : null;
}

function parsed(text: string): URL | null {
  try {
    const url = new URL(text.trim());
    return url.protocol === 'ws:' || url.protocol === 'wss:' ? url : null;
  } catch {
    return null;
  }
}
