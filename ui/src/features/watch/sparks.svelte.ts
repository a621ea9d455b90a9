/**
 * The sketches beside the rows: the burn of the last day. They are asked for apart from the list and only for rows on
 * screen; each changes once an hour.
 */
import { client } from '~/ipc/client';

type Points = (number | null)[];

const FRESH_MS = 600_000;
// While the list is scrolled, rows come and go: they are asked for together, once it rests a little.
const FOLD_MS = 80;

export class Sparks {
  known = $state.raw<Record<string, Points>>({});
  #asked: Record<string, number> = {};
  #wanted: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** These rows are on screen. */
  want(ids: string[]): void {
    const now = performance.now();
    this.#wanted = ids.filter((id) => now - (this.#asked[id] ?? -FRESH_MS) >= FRESH_MS);
    if (this.#wanted.length > 0) this.#timer ??= setTimeout(() => void this.#ask(), FOLD_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    const ids = this.#wanted;
    if (ids.length === 0) return;
    for (const id of ids) this.#asked[id] = performance.now();
    try {
      const told = await client.sparks(ids);
      this.known = { ...this.known, ...Object.fromEntries(told.map(({ id, points }) => [id, points])) };
    } catch {
      // A list without its sketches is still the list; the next look asks again.
      for (const id of ids) delete this.#asked[id];
    }
  }
}
