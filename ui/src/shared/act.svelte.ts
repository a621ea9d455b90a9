/** One thing the person asked for: runs once at a time, and its failure is shown beside the control that asked. */
import { faultOf, type Fault } from '~/ipc/client';

export class Act {
  busy = $state(false);
  fault = $state.raw<Fault | undefined>(undefined);

  /** True when it went through. A second call while the first runs is ignored. */
  async run(doing: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.fault = undefined;
    try {
      await doing();
      return true;
    } catch (thrown) {
      this.fault = faultOf(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
