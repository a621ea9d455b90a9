/**
 * Removals that can be taken back. What is removed leaves the screen at once and goes for good a few seconds later, or
 * when the window goes; until then one key brings it back, and nothing was lost. No question is asked beforehand.
 */
import { faultOf, type Fault } from '~/ipc/client';

interface Removal {
  /** Names the thing among all others, such as `source/prometheus-main`. */
  key: string;
  /** What happened, in the past: “prometheus-main is removed.” */
  says: string;
  run: () => Promise<unknown>;
}

const PATIENCE_MS = 8_000;

class Undo {
  /** What can still be taken back, the newest last. */
  pending = $state.raw<Removal[]>([]);
  fault = $state.raw<Fault | undefined>(undefined);
  // Gone for good, though a list on its way may still hold it.
  #done = $state.raw<ReadonlySet<string>>(new Set());
  #timers = new Map<string, ReturnType<typeof setTimeout>>();

  remove(removal: Removal): void {
    this.fault = undefined;
    this.pending = [...this.pending.filter(({ key }) => key !== removal.key), removal];
    clearTimeout(this.#timers.get(removal.key));
    this.#timers.set(
      removal.key,
      setTimeout(() => void this.#finish(removal), PATIENCE_MS),
    );
  }

  /** Whether it is to be shown no more. */
  hides(key: string): boolean {
    return this.#done.has(key) || this.pending.some((removal) => removal.key === key);
  }

  /** Takes one back; the newest when none is named. */
  back(key = this.pending.at(-1)?.key): void {
    if (key === undefined) return;
    clearTimeout(this.#timers.get(key));
    this.pending = this.pending.filter((removal) => removal.key !== key);
  }

  /** A thing of this name is there again. */
  welcome(key: string): void {
    if (this.#done.has(key)) this.#done = new Set([...this.#done].filter((other) => other !== key));
  }

  /** The window goes: everything is done now. */
  flush(): void {
    for (const removal of this.pending) void this.#finish(removal);
  }

  async #finish(removal: Removal): Promise<void> {
    clearTimeout(this.#timers.get(removal.key));
    this.#done = new Set([...this.#done, removal.key]);
    this.pending = this.pending.filter((other) => other !== removal);
    try {
      await removal.run();
    } catch (thrown) {
      // It is still there, so it is shown again, and why.
      this.welcome(removal.key);
      this.fault = faultOf(thrown);
    }
  }
}

export const undo = new Undo();

/** Call once, when the page starts. */
export function startUndo(): () => void {
  const flush = () => undo.flush();
  window.addEventListener('pagehide', flush);
  return () => window.removeEventListener('pagehide', flush);
}
