/**
 * What a screen shows of the core: loaded on mount, again when what it depends on changes, and whenever the core
 * says that one of its topics did. An answer that arrives out of order is dropped; old data stays on screen while
 * new data is on its way, and after a failed refresh, which is told beside it.
 */
import { faultOf, type Fault } from '~/ipc/client';
import { onChange } from '~/ipc/live';

export class Fetched<T> {
  data = $state.raw<T | undefined>(undefined);
  fault = $state.raw<Fault | undefined>(undefined);
  loading = $state(true);
  #load: () => Promise<T>;
  #asked = 0;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  async again(): Promise<void> {
    const mine = ++this.#asked;
    this.loading = true;
    try {
      const data = await this.#load();
      if (mine !== this.#asked) return;
      this.data = data;
      this.fault = undefined;
    } catch (thrown) {
      if (mine !== this.#asked) return;
      this.fault = faultOf(thrown);
    }
    this.loading = false;
  }

  /** Replace what is shown by an answer that a command already gave. */
  put(data: T): void {
    this.#asked += 1;
    this.data = data;
    this.fault = undefined;
    this.loading = false;
  }
}

/** Call while a component is set up. `load` may read reactive values before its first await. */
export function fetched<T>(load: () => Promise<T>, topics: string[]): Fetched<T> {
  const answer = new Fetched(load);
  $effect(() => {
    void answer.again();
    return onChange(topics, () => answer.again());
  });
  return answer;
}
