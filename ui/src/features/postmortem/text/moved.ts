/**
 * A browser tells of a moved caret after the key that moved it. While the page is busy the next key may come before that, and
 * would be done to what was chosen before: End, then Enter would take a chosen sentence away.
 */
import { Extension } from '@tiptap/core';
import { Plugin, TextSelection } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';

const MOVES = new Set([
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'End',
  'Home',
  'PageDown',
  'PageUp',
]);

export const Moved = Extension.create({
  name: 'moved',
  addProseMirrorPlugins() {
    let untold = false;
    return [
      new Plugin({
        view(view) {
          const page = view.dom.ownerDocument;
          const told = () => (untold = false);
          page.addEventListener('selectionchange', told);
          return { destroy: () => page.removeEventListener('selectionchange', told) };
        },
        props: {
          handleDOMEvents: {
            keydown(view, event) {
              if (untold && !view.composing && !event.isComposing) catchUp(view);
              untold = MOVES.has(event.key);
              return false;
            },
          },
        },
      }),
    ];
  },
});

function catchUp(view: EditorView) {
  const { doc, selection, tr } = view.state;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = view.dom.ownerDocument.getSelection() ?? {};
  if (!(selection instanceof TextSelection) || !anchorNode || !focusNode) return;
  if (!view.dom.contains(anchorNode) || !view.dom.contains(focusNode)) return;
  const at = (node: globalThis.Node, offset: number) => doc.resolve(view.posAtDOM(node, offset));
  const moved = TextSelection.between(at(anchorNode, anchorOffset ?? 0), at(focusNode, focusOffset ?? 0));
  if (!moved.eq(selection)) view.dispatch(tr.setSelection(moved));
}
