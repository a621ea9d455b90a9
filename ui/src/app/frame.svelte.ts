/** What stands around every page: the core's frame, kept current for as long as the window lives. */
import { client, faultOf, type Fault, type Frame } from '~/ipc/client';
import { onChange } from '~/ipc/live';
import { clock } from '~/shared/clock.svelte';
import { severityNames } from '~/shared/severities.svelte';
import { here } from './routes.svelte';

class FrameStore {
  data = $state.raw<Frame | undefined>(undefined);
  fault = $state.raw<Fault | undefined>(undefined);

  put(frame: Frame): void {
    this.data = frame;
    this.fault = undefined;
    severityNames.all = frame.severity_names;
    clock.set(frame.now, frame.pace);
  }

  async again(): Promise<void> {
    try {
      this.put(await client.frame());
    } catch (thrown) {
      this.fault = faultOf(thrown);
    }
  }
}

export const frame = new FrameStore();

const TOPICS = ['frame', 'watch', 'incidents', 'inbox', 'sources', 'settings', 'outbox'];

export function startFrame(): () => void {
  // The list brings the frame along; asked for beside it, both would wait for each other.
  if (here.route.page !== 'watch') void frame.again();
  return onChange(TOPICS, () => frame.again());
}
