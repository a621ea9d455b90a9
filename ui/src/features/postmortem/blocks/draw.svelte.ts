/** Puts the Svelte component of a live block into the box that the editor made for it. */
import { mount, unmount } from 'svelte';
import type { DrawBlock } from '../text/liveBlock';
import Block from './Block.svelte';

/** `editable` is read again whenever it changes: a document may be published while its blocks stand. */
export function drawBlocks(incident: string, editable: () => boolean): DrawBlock {
  return (box, attrs, acts) => {
    const props = $state({ incident, attrs, acts, editable });
    const drawn = mount(Block, { target: box, props });
    return {
      update: (next) => (props.attrs = next),
      destroy: () => void unmount(drawn),
    };
  };
}
