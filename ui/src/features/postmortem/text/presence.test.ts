import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { client, use } from '~/ipc/client';
import { fakeCore } from '~/ipc/fake';
import { fromBase64, toBase64 } from './bytes';
import { hueOf, tidied } from './people';
import { Presence } from './presence.svelte';

let fake: ReturnType<typeof fakeCore>;
let said: string[];
let open: Presence[];

beforeEach(() => {
  vi.useFakeTimers();
  fake = fakeCore('story');
  use(fake.client, fake.signals);
  said = [];
  open = [];
  client.presenceSet = async (_, update) => void said.push(update);
});
afterEach(() => {
  open.forEach((one) => one.close());
  vi.useRealTimers();
});

async function opened(me = 'Kim'): Promise<Presence> {
  const made = new Presence('inc-39', new Y.Doc(), me);
  open.push(made);
  await vi.advanceTimersByTimeAsync(100);
  return made;
}

/** The protocol's library has a clock of its own: what it noted grows old, and its timers run. */
async function pass(made: Presence, ms: number): Promise<void> {
  for (const meta of made.awareness.meta.values()) meta.lastUpdated -= ms;
  await vi.advanceTimersByTimeAsync(4_000);
}

/** Another window says this of itself; the answer says it again after a change. */
function other(state: unknown): { awareness: Awareness; update: () => string } {
  const awareness = new Awareness(new Y.Doc());
  awareness.setLocalState(state as Record<string, unknown>);
  return { awareness, update: () => toBase64(encodeAwarenessUpdate(awareness, [awareness.clientID])) };
}

const heard = () => {
  const awareness = new Awareness(new Y.Doc());
  awareness.setLocalState(null);
  for (const update of said) applyAwarenessUpdate(awareness, fromBase64(update), 'test');
  return [...awareness.getStates().values()];
};

describe('who is in a document', () => {
  it('says who this is, again while it is open, and that it left', async () => {
    const made = await opened();
    expect(heard()).toMatchObject([{ user: { name: 'Kim' }, cursor: null }]);
    const before = said.length;
    await pass(made, 20_000);
    expect(said.length).toBeGreaterThan(before);
    made.close();
    expect(heard()).toEqual([]);
  });

  it('folds what a caret does into few messages', async () => {
    const made = await opened();
    const before = said.length;
    for (let i = 0; i < 50; i++) made.awareness.setLocalStateField('cursor', null);
    await vi.advanceTimersByTimeAsync(100);
    expect(said.length - before).toBe(1);
  });

  it('shows others by name, once each, and forgets who left or fell silent', async () => {
    const made = await opened();
    const [ana, twice] = [other({ user: { name: 'Ana' } }), other({ user: { name: 'Ana' }, cursor: null })];
    const ben = other({ user: { name: 'Ben' } });
    for (const one of [ana, twice, ben]) fake.relays.tell('inc-39', one.update());
    fake.relays.tell('inc-7', other({ user: { name: 'Elsewhere' } }).update());
    expect(made.others.map(({ name }) => name)).toEqual(['Ana', 'Ben']);
    ben.awareness.setLocalState(null);
    fake.relays.tell('inc-39', ben.update());
    expect(made.others.map(({ name }) => name)).toEqual(['Ana']);
    await pass(made, 40_000);
    expect(made.others).toEqual([]);
  });

  it('lets no caret move while a character is composed', async () => {
    const made = await opened();
    made.composing(true);
    fake.relays.tell('inc-39', other({ user: { name: 'Ana' } }).update());
    expect(made.others).toEqual([]);
    made.composing(false);
    expect(made.others).toHaveLength(1);
  });

  it('bears what nobody can read, and nobody speaks for this window', async () => {
    const made = await opened();
    for (const update of ['', '!', 'AAAA', toBase64(new Uint8Array([9, 255, 255, 255, 255]))])
      fake.relays.tell('inc-39', update);
    const forged = new Awareness(new Y.Doc());
    forged.clientID = made.awareness.clientID;
    for (let i = 0; i < 20; i++) forged.setLocalState({ user: { name: 'Mallory' } });
    fake.relays.tell('inc-39', toBase64(encodeAwarenessUpdate(forged, [forged.clientID])));
    expect(made.awareness.getLocalState()?.user).toMatchObject({ name: 'Kim' });
    expect(made.others).toEqual([]);
  });
});

describe('what others say of themselves', () => {
  it('is made anew from what is used', () => {
    const place = { type: null, tname: 'postmortem', item: null, assoc: 0 };
    const id = { client: 3, clock: 4 };
    expect(
      tidied(
        {
          user: { name: ' Ana\u202e ', color: 'url(x)', onclick: 'x' },
          cursor: { anchor: place, head: { item: id } },
        },
        'postmortem',
      ),
    ).toEqual({
      user: { name: 'Ana', color: expect.stringMatching(/^#[0-9a-f]{6}$/) },
      cursor: { anchor: place, head: { ...place, tname: null, item: id } },
    });
  });

  it.each([null, 'text', [], {}, { user: 'Ana' }, { cursor: 7 }, { user: null, cursor: null }])(
    'is nobody when it is %j',
    (state) => expect(tidied(state, 'postmortem')).toBeNull(),
  );

  it.each([
    { user: {}, cursor: { anchor: null, head: null } },
    { user: { name: { toString: 1 } }, cursor: { anchor: { item: { client: -1, clock: 0 } }, head: 1 } },
    { user: { name: 5 }, cursor: { anchor: { tname: 'entries' }, head: { tname: '__proto__' } } },
  ])('has no caret when that is no place: %j', (state) =>
    expect(tidied(state, 'postmortem')).toEqual({
      user: expect.objectContaining({ name: 'Somebody' }),
      cursor: null,
    }),
  );

  it('has the colour of its name, and is no longer than it should be', () => {
    expect(hueOf('Ana')).toBe(hueOf('Ana'));
    expect(tidied({ user: { name: 'x'.repeat(5000) } }, 'postmortem')?.user.name.length).toBeLessThan(50);
  });
});
