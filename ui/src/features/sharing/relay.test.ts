import { describe, expect, it } from 'vitest';
import type { RelayRow } from '~/ipc/client';
import { faultsOf, formOf, nameOf, NEW, standingOf, travelsPlain, type Draft } from './relay';

const draft = (about: Partial<Draft>): Draft => ({ ...NEW, ...about });

describe('what is typed about a relay', () => {
  it('takes its name from the host or the last folder', () => {
    expect(nameOf(draft({ at: 'wss://Relay.Example.com:1234/x' }))).toBe('relay-example-com');
    expect(nameOf(draft({ way: 'folder', at: '/srv/Sync/Fire watch/' }))).toBe('fire-watch');
    expect(nameOf(draft({ at: 'wss://a', name: ' own ' }))).toBe('own');
  });

  it('says what is wrong at its field', () => {
    expect(faultsOf(draft({})).at).toContain('missing');
    expect(faultsOf(draft({ at: 'https://relay.example.com' })).at).toContain('wss://');
    expect(faultsOf(draft({ at: 'wss://me:secret@relay.example.com' })).at).toContain('token goes below');
    expect(faultsOf(draft({ way: 'folder', at: 'Sync' })).at).toContain('whole path');
    expect(faultsOf(draft({ way: 'folder', at: 'C:\\Sync\\firewatch' }))).toEqual({});
    expect(faultsOf(draft({ at: 'wss://relay.example.com' }))).toEqual({});
  });

  it('asks for consent where everybody on the way could read, and nowhere else', () => {
    const open = draft({ at: 'ws://relay.example.com' });
    expect(faultsOf(open).plain).toBeDefined();
    expect(faultsOf({ ...open, plain: true })).toEqual({});
    expect(travelsPlain(draft({ at: 'ws://127.0.0.1:1234' }))).toBe(false);
    expect(travelsPlain(draft({ way: 'folder', at: '/tmp' }))).toBe(false);
  });

  it('tells the core no token and no kind of a server for a folder', () => {
    const form = formOf(draft({ way: 'folder', at: '/sync', kind: 'hocuspocus', token: 'x', plain: true }));
    expect(form).toMatchObject({ kind: 'folder', token: null, allow_plain_http: false, name: 'sync' });
  });
});

describe('how the sharing of an incident stands', () => {
  const relay = (name: string, state: string, shared = true): RelayRow => ({
    ...{ name, kind: 'folder', at: '/x', secret: 'none', allow_plain_http: false, all: false },
    ...{ state, since: null, why: null },
    incidents: [{ id: 'i', title: null, shared, state, since: null, why: `why of ${name}` }],
  });

  it('tells the worst first', () => {
    const all = [relay('a', 'connected'), relay('b', 'refused'), relay('c', 'waiting')];
    expect(standingOf(all, 'i')).toEqual({ is: 'refused', relay: 'b', why: 'why of b' });
    expect(standingOf(all.slice(0, 1), 'i')?.is).toBe('connected');
  });

  it('is told where others offer it, and where it is shared nowhere', () => {
    expect(standingOf([relay('a', 'offered', false)], 'i')?.is).toBe('offered');
    expect(standingOf([relay('a', 'off', false)], 'i')).toBeNull();
    expect(standingOf([relay('a', 'connected')], 'another')).toBeNull();
  });
});
