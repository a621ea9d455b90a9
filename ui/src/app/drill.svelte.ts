/** Ends the drill, and keeps how it went until it was looked at. */
import { client, type DrillScore } from '~/ipc/client';
import { Act } from '~/shared/act.svelte';
import { go, here } from './routes.svelte';

class Drill {
  /** How the drill that just ended went; `none` where nobody was notified yet. */
  score = $state.raw<DrillScore | 'none' | undefined>(undefined);
  act = new Act();

  async end(): Promise<void> {
    await this.act.run(async () => {
      const score = await client.drillScore();
      await client.stopDrill();
      // What stood open was the drill's, and went with it.
      if (here.route.rest.length > 0) go(here.route.page);
      this.score = score ?? 'none';
    });
  }
}

export const drill = new Drill();
