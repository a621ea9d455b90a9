/**
 * Where others write: their caret with their name on it, and what they have selected. Drawn with elements and classes of
 * ours alone; colours are tokens, for both schemes.
 */
import type { Extension } from '@tiptap/core';
import CollaborationCaret from '@tiptap/extension-collaboration-caret';
import { hueOf } from './people';
import type { Presence } from './presence.svelte';

export function carets(presence: Presence): Extension {
  return CollaborationCaret.configure({
    provider: { awareness: presence.awareness },
    user: presence.awareness.getLocalState()?.user as Record<string, string>,
    render: (user) => drawn(String(user.name)),
    selectionRender: (user) => ({ class: `selected-by hue-${hueOf(String(user.name))}` }),
  });
}

function drawn(name: string): HTMLElement {
  const caret = document.createElement('span');
  caret.className = `caret hue-${hueOf(name)}`;
  // Who is here is told in the head; in the middle of a sentence it would be read as part of it.
  caret.ariaHidden = 'true';
  const label = document.createElement('bdi');
  label.textContent = name;
  caret.append(label);
  return caret;
}
