/**
 * The document's way to the core and back. What is typed goes out once a frame, one message at a time, and counts as
 * saved when the core has answered; until then it is kept and sent again. What others wrote is pulled when the core
 * says that the document changed, and waits while a character is being composed: nothing may move under an input method.
 */
import * as Y from 'yjs';
import { client, faultOf, type Fault } from '~/ipc/client';
import { onChange } from '~/ipc/live';
import { fromBase64, toBase64 } from './bytes';
import { strangeIn, type Vocabulary } from './strange';

export type Saved = { is: 'saved' } | { is: 'saving' } | { is: 'not saved'; why: Fault };

/** A frame at the usual 60 Hz; a hidden window has no frames, and its text must go out all the same. */
const FRAME_MS = 16;
const AGAIN_MS = [250, 1_000, 4_000, 15_000];

export class Provider {
  saved = $state.raw<Saved>({ is: 'saved' });
  #why: string | null = null;
  #shown = $state.raw<string | null>(null);
  readonly doc = new Y.Doc();
  readonly incident: string;
  #vocabulary: Vocabulary;
  #waiting: Uint8Array[] = [];
  #held: Uint8Array[] = [];
  #composing = false;
  #bound = false;
  #sending = false;
  #failures = 0;
  #due: ReturnType<typeof setTimeout> | undefined;
  #stops: (() => void)[] = [];

  /** `strange`: why the core says that no editor may show it. */
  constructor(incident: string, update: string, vocabulary: Vocabulary, strange: string | null = null) {
    this.incident = incident;
    this.#vocabulary = vocabulary;
    const bytes = fromBase64(update);
    this.#readOnly(strange ?? this.#unknown(bytes));
    Y.applyUpdate(this.doc, bytes, this);
    this.doc.on('update', this.#wrote);
    this.#stops.push(onChange(['postmortem'], () => this.pull()));
    const leave = () => void this.flush();
    window.addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', leave);
    this.#stops.push(() => {
      window.removeEventListener('pagehide', leave);
      document.removeEventListener('visibilitychange', leave);
    });
  }

  /** Why no editor may show what came in, where none may; from then on the document is only read. */
  get strange(): string | null {
    return this.#shown;
  }

  /** The text of the document. */
  get text(): Y.XmlFragment {
    return this.doc.getXmlFragment('postmortem');
  }

  /** Sends what waits, now. True when nothing is left to send. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#due);
    this.#due = undefined;
    if (this.#sending || this.#waiting.length === 0) return this.#waiting.length === 0;
    this.#sending = true;
    const going = this.#waiting;
    this.#waiting = [];
    try {
      await client.postmortemEdit(this.incident, toBase64(Y.mergeUpdates(going)));
      this.#failures = 0;
      this.saved = { is: this.#waiting.length === 0 ? 'saved' : 'saving' };
    } catch (thrown) {
      this.#waiting = [...going, ...this.#waiting];
      this.saved = { is: 'not saved', why: faultOf(thrown) };
      this.#schedule(AGAIN_MS[Math.min(this.#failures, AGAIN_MS.length - 1)]);
      this.#failures += 1;
      // Somebody may have written what no editor may show: then the core takes no more edits, and this says why.
      void this.pull();
    }
    this.#sending = false;
    if (this.#waiting.length > 0 && this.#due === undefined) this.#schedule(0);
    return this.#waiting.length === 0;
  }

  /** Takes in what others wrote. */
  async pull(): Promise<void> {
    try {
      const news = await client.postmortemPull(this.incident, toBase64(Y.encodeStateVector(this.doc)));
      this.#readOnly(news.strange);
      this.take(fromBase64(news.update));
    } catch {
      // What was not heard now is heard with the next hint, or within a minute.
    }
  }

  /** Takes in an update. While a character is composed it waits; with something strange in it, until the editor is gone. */
  take(update: Uint8Array): void {
    this.#held.push(update);
    if (!this.#composing) this.#takeHeld();
  }

  /** An input method begins or ends to compose. */
  composing(is: boolean): void {
    this.#composing = is;
    if (!is) this.#takeHeld();
  }

  /** An editor writes into the document until the answer is called. */
  bind(): () => void {
    this.#bound = true;
    return () => {
      this.#bound = this.#composing = false;
      this.#takeHeld();
    };
  }

  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    await this.flush();
    // What could not be saved goes on being sent for as long as the window lives.
    this.doc.off('update', this.#wrote);
  }

  #unknown(update: Uint8Array): string | null {
    const name = strangeIn(update, this.#vocabulary);
    return name === null ? null : `this postmortem holds “${name}”, which only a newer Firewatch knows`;
  }

  // What is shown lags behind: an editor that goes reads what was shown while it was there, and would set that again.
  #readOnly(why: string | null): void {
    if (why === null || this.#why !== null) return;
    this.#why = why;
    this.#shown = why;
  }

  #takeHeld(): void {
    if (this.#held.length === 0) return;
    const update = Y.mergeUpdates(this.#held);
    this.#readOnly(this.#unknown(update));
    // The editor would take out what it does not know, for everybody.
    if (this.#why !== null && this.#bound) {
      this.#held = [update];
      return;
    }
    this.#held = [];
    Y.applyUpdate(this.doc, update, this);
  }

  #wrote = (update: Uint8Array, origin: unknown) => {
    if (origin === this) return;
    this.#waiting.push(update);
    if (this.saved.is === 'saved') this.saved = { is: 'saving' };
    this.#schedule(FRAME_MS);
  };

  #schedule(ms = FRAME_MS): void {
    this.#due ??= setTimeout(() => void this.flush(), ms);
  }
}
