/**
 * The questions of a template: paragraphs in italics and nothing else, as a template's file may hold them too. Whoever writes
 * over one, or after it, answers upright.
 */
import { Extension } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { Plugin, TextSelection } from '@tiptap/pm/state';

export function isHint(block: Node): boolean {
  if (block.type.name !== 'paragraph' || block.textContent.trim() === '') return false;
  return block.children.every((part) => part.marks.some(({ type }) => type.name === 'italic'));
}

export const Hints = Extension.create({
  name: 'hints',
  addKeyboardShortcuts() {
    return {
      Enter: ({ editor }) => {
        const { $from, empty } = editor.state.selection;
        // Below the top a line in italics is somebody's: in a list Enter makes the next item.
        const top = empty && $from.depth === 1 && isHint($from.parent);
        const after = top && $from.parentOffset === $from.parent.content.size;
        return after && editor.commands.splitBlock({ keepMarks: false });
      },
    };
  },
  addProseMirrorPlugins() {
    return [
      new Plugin({
        props: {
          handleTextInput(view, from, to, text) {
            const { tr, doc, schema } = view.state;
            const start = doc.resolve(from);
            if (start.depth !== 1 || from === to || from !== start.start() || to !== start.end())
              return false;
            if (!isHint(start.parent)) return false;
            tr.replaceWith(from, to, schema.text(text));
            // Otherwise what was typed would stay chosen, and the next letter would be typed over it.
            tr.setSelection(TextSelection.create(tr.doc, from + text.length)).setStoredMarks([]);
            view.dispatch(tr.scrollIntoView());
            return true;
          },
        },
      }),
    ];
  },
});
