/** Ends the drill, and keeps how it went until it was looked at. */
import { client, type DrillScore } from '~/ipc/client';
import { Act } from '~/shared/act.svelte';

class Drill {
  /** How the drill that just ended went; `none` where nobody was notified yet. */
  score = $state.raw<DrillScore | 'none' | undefined>(undefined);
  act = new Act();

  async end(): Promise<void> {
    await this.act.run(async () => {
      const score = await client.drillScore();
      await client.stopDrill();
      this.score = score ?? 'none';
    });
  }
}

export const drill = new Drill();
