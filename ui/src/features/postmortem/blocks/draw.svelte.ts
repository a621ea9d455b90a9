/** Puts the Svelte component of a live block into the box that the editor made for it. */
import { mount, unmount } from 'svelte';
import type { DrawBlock, LiveAttrs } from '../text/liveBlock';
import Block from './Block.svelte';

export function drawBlocks(incident: string): DrawBlock {
  return (box, attrs, acts) => {
    const props = $state<{ incident: string; attrs: LiveAttrs; acts: typeof acts }>({
      incident,
      attrs,
      acts,
    });
    const drawn = mount(Block, { target: box, props });
    return {
      update: (next) => (props.attrs = next),
      destroy: () => void unmount(drawn),
    };
  };
}
