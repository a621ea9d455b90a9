/**
 * Comments, kept beside the text in the shared document: a thread or a reply by its id, each a JSON text, so that what
 * two people add apart is both there afterwards.
 */
import type * as Y from 'yjs';
import { clock } from '~/shared/clock.svelte';
import type { Place } from '../text/anchors';

export interface Thread extends Place {
  id: string;
  kind: 'thread';
  author: string;
  /** RFC 3339. */
  at: string;
  text: string;
  /** The words it is about, as they were. */
  quote: string;
  resolved: { by: string; at: string } | null;
}

interface Reply {
  id: string;
  kind: 'reply';
  thread: string;
  author: string;
  at: string;
  text: string;
}

export const LONGEST = 4_000;

export class Threads {
  all = $state.raw<Thread[]>([]);
  replies = $state.raw<Reply[]>([]);
  open = $derived(this.all.filter(({ resolved }) => resolved === null));
  #map: Y.Map<unknown>;
  #me: string;
  #read = () => {
    const said = [...this.#map.entries()].flatMap(([id, text]) => readSaid(id, text));
    said.sort((a, b) => a.at.localeCompare(b.at) || a.id.localeCompare(b.id));
    this.all = said.filter((one): one is Thread => one.kind === 'thread');
    this.replies = said.filter((one): one is Reply => one.kind === 'reply');
  };

  constructor(doc: Y.Doc, me: string) {
    this.#map = doc.getMap('comments');
    this.#me = me;
    this.#map.observe(this.#read);
    this.#read();
  }

  begin(place: Place & { quote: string }, text: string): Thread {
    const { from, to, quote } = place;
    const said = { author: this.#me, at: now(), text: text.slice(0, LONGEST), quote: quote.slice(0, 400) };
    const thread: Thread = { id: crypto.randomUUID(), kind: 'thread', ...said, from, to, resolved: null };
    this.#put(thread);
    return thread;
  }

  reply(thread: Thread, text: string): void {
    const said = { author: this.#me, at: now(), text: text.slice(0, LONGEST) };
    this.#put({ id: crypto.randomUUID(), kind: 'reply', thread: thread.id, ...said });
  }

  resolve(thread: Thread): void {
    this.#put({ ...thread, resolved: { by: this.#me, at: now() } });
  }

  reopen(thread: Thread): void {
    this.#put({ ...thread, resolved: null });
  }

  close(): void {
    this.#map.unobserve(this.#read);
  }

  #put(said: Thread | Reply): void {
    this.#map.set(said.id, JSON.stringify(said));
  }
}

/** What somebody wrote; nothing where it cannot be read, so that one odd comment hides no other. */
export function readSaid(id: string, text: unknown): (Thread | Reply)[] {
  try {
    const said = JSON.parse(String(text)) as Partial<Thread> & Partial<Reply>;
    const common = { id, author: word(said.author), at: word(said.at), text: word(said.text) };
    if (said.kind === ('reply' as string)) return [{ ...common, kind: 'reply', thread: word(said.thread) }];
    if (said.kind !== 'thread') return [];
    const resolved = said.resolved ? { by: word(said.resolved.by), at: word(said.resolved.at) } : null;
    const place = { from: word(said.from), to: word(said.to), quote: word(said.quote) };
    return [{ ...common, kind: 'thread', ...place, resolved }];
  } catch {
    return [];
  }
}

const word = (value: unknown): string => (typeof value === 'string' ? value : '');
const now = (): string => new Date(clock.now * 1000).toISOString();
