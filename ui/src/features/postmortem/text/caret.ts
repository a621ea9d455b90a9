/** Where the person was, kept in the window's own storage: a page that died comes back with the same paragraph in view. */
import type { Editor } from '@tiptap/core';
import { TextSelection } from '@tiptap/pm/state';
import { placeOf, pointOf, type Place } from './anchors';

const keyOf = (incident: string) => `caret:${incident}`;
const LATER_MS = 300;

/** Remembers the caret while the editor lives; the answer stops it. */
export function rememberCaret(editor: Editor, incident: string): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = () => {
    clearTimeout(timer);
    timer = undefined;
    const { from } = editor.state.selection;
    const place = placeOf(editor.state, from, from);
    try {
      if (place) localStorage.setItem(keyOf(incident), JSON.stringify(place));
    } catch {
      // Without storage the page opens at its top.
    }
  };
  const later = () => {
    timer ??= setTimeout(keep, LATER_MS);
  };
  editor.on('selectionUpdate', later);
  editor.on('update', later);
  return () => {
    clearTimeout(timer);
    editor.off('selectionUpdate', later);
    editor.off('update', later);
  };
}

/** Puts the caret where it was, in view; false when it was nowhere. */
export function restoreCaret(editor: Editor, incident: string): boolean {
  try {
    const kept = localStorage.getItem(keyOf(incident));
    if (!kept) return false;
    const place = JSON.parse(kept) as Place;
    const at = pointOf(editor.state, place.from);
    if (at === null) return false;
    const { tr } = editor.state;
    editor.view.dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(at))));
    const { node } = editor.view.domAtPos(at);
    (node instanceof Element ? node : node.parentElement)?.scrollIntoView({ block: 'center' });
    return true;
  } catch {
    return false;
  }
}
