/**
 * Who is in the document, and where: an awareness of the y-protocols whose way out and in is the core, as the document's
 * own. It is news, never truth: what is lost is said again within fifteen seconds.
 */
import {
  applyAwarenessUpdate,
  Awareness,
  encodeAwarenessUpdate,
  modifyAwarenessUpdate,
} from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { client, signals } from '~/ipc/client';
import { fromBase64, toBase64 } from './bytes';
import { hueOf, tidied, userOf, type State } from './people';

/** Somebody who is here, however many windows they have open. */
export interface Person {
  name: string;
  hue: number;
  /** Their caret is in the text. */
  writes: boolean;
}

/** A caret moves with every key; after the text, and seldom enough not to be in its way. */
const SAY_MS = 40;
const TEXT = 'postmortem';

export class Presence {
  /** Everybody else, by name. */
  others = $state.raw<Person[]>([]);
  readonly awareness: Awareness;
  readonly #incident: string;
  #held: Uint8Array[] = [];
  #composing = false;
  #due: ReturnType<typeof setTimeout> | undefined;
  #stop: (() => void) | undefined;
  #closed = false;

  constructor(incident: string, doc: Y.Doc, me: string) {
    this.#incident = incident;
    this.awareness = new Awareness(doc);
    this.awareness.setLocalState({ user: userOf(me), cursor: null });
    this.awareness.on('update', this.#changed);
    // A caret of one's own changes nothing here, and may move while the page is being drawn.
    this.awareness.on('change', (_: unknown, origin: unknown) => {
      if (origin !== 'local') this.#look();
    });
    void this.#listen();
    this.#say();
    window.addEventListener('pagehide', this.#leave);
  }

  /** Takes in what others said of themselves. While a character is composed it waits, for a caret is drawn into the text. */
  take(update: string): void {
    if (update === '') return;
    let bytes: Uint8Array;
    try {
      bytes = modifyAwarenessUpdate(fromBase64(update), (state: unknown) => tidied(state, TEXT));
    } catch {
      // Nobody can read it; the next one comes.
      return;
    }
    this.#held.push(bytes);
    if (!this.#composing) this.#takeHeld();
  }

  composing(is: boolean): void {
    this.#composing = is;
    if (!is) this.#takeHeld();
  }

  close(): void {
    this.#closed = true;
    this.#stop?.();
    window.removeEventListener('pagehide', this.#leave);
    this.#leave();
    this.awareness.off('update', this.#changed);
    this.awareness.destroy();
  }

  async #listen(): Promise<void> {
    try {
      const stop = await signals.presence((incident, update) => {
        if (incident === this.#incident) this.take(update);
      });
      if (this.#closed) return stop();
      this.#stop = stop;
      this.take(await client.presenceGet(this.#incident));
    } catch {
      // Alone for now: the text is heard all the same.
    }
  }

  #takeHeld(): void {
    const own = this.awareness.getLocalState();
    for (const update of this.#held.splice(0)) applyAwarenessUpdate(this.awareness, update, 'core');
    // Nobody else says who is here.
    if (!this.#closed && this.awareness.getLocalState() !== own) this.awareness.setLocalState(own);
  }

  #changed = (_: unknown, origin: unknown) => {
    if (origin === 'local') this.#say();
  };

  #say(): void {
    this.#due ??= setTimeout(() => this.#send(), SAY_MS);
  }

  #leave = () => {
    this.awareness.setLocalState(null);
    this.#send();
  };

  #send(): void {
    clearTimeout(this.#due);
    this.#due = undefined;
    const update = encodeAwarenessUpdate(this.awareness, [this.awareness.clientID]);
    client.presenceSet(this.#incident, toBase64(update)).catch(() => {
      // It is said again before anybody thinks that this window is gone.
    });
  }

  #look(): void {
    const people: Record<string, Person> = Object.create(null) as Record<string, Person>;
    for (const [id, state] of this.awareness.getStates()) {
      if (id === this.awareness.clientID) continue;
      const { user, cursor } = state as State;
      const writes = cursor !== null || people[user.name]?.writes === true;
      people[user.name] = { name: user.name, hue: hueOf(user.name), writes };
    }
    this.others = Object.values(people).sort((a, b) => a.name.localeCompare(b.name));
  }
}
