/** Tests of several things by name, one at a time: which one runs, and what each found last. */
import type { SourceTest } from '~/ipc/client';
import type { Act } from './act.svelte';

export class Trials {
  running = $state('');
  #found = $state.raw<Record<string, SourceTest>>({});

  of(name: string): SourceTest | undefined {
    return this.#found[name];
  }

  async run(act: Act, name: string, test: (name: string) => Promise<SourceTest>): Promise<void> {
    this.running = name;
    await act.run(async () => {
      const found = await test(name);
      this.#found = { ...this.#found, [name]: found };
    });
    this.running = '';
  }
}
