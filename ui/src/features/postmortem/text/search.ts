/** Find in the text. Every block is looked through once for as long as it and the query stay the same. */
import { Extension, type Editor } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { Plugin, PluginKey, TextSelection } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';

export interface Hit {
  from: number;
  to: number;
}

interface Finding {
  query: string;
  hits: Hit[];
  at: number;
  shown: DecorationSet;
}

const NOTHING: Finding = { query: '', hits: [], at: 0, shown: DecorationSet.empty };
/** More would only slow the drawing; the count says that there are more. */
export const MOST = 2_000;
const key = new PluginKey<Finding>('find');

export const Find = Extension.create({
  name: 'find',
  addProseMirrorPlugins() {
    let known = new WeakMap<Node, Hit[]>();
    return [
      new Plugin<Finding>({
        key,
        state: {
          init: () => NOTHING,
          apply(tr, before) {
            const next = tr.getMeta(key) as Partial<Pick<Finding, 'query' | 'at'>> | undefined;
            if (!next && (!tr.docChanged || before.query === '')) return before;
            const query = next?.query ?? before.query;
            if (query === '') return NOTHING;
            if (query !== before.query) known = new WeakMap();
            const hits =
              query === before.query && !tr.docChanged ? before.hits : hitsIn(tr.doc, query, known);
            const at = Math.min(next?.at ?? before.at, Math.max(0, hits.length - 1));
            const marks = hits.map(({ from, to }, i) =>
              Decoration.inline(from, to, { class: i === at ? 'hit current' : 'hit' }),
            );
            return { query, hits, at, shown: DecorationSet.create(tr.doc, marks) };
          },
        },
        props: { decorations: (state) => key.getState(state)?.shown },
      }),
    ];
  },
});

/** Looks for a text and goes to the first place at or after the caret; answers where it stands. */
export function find(editor: Editor, query: string): { at: number; of: number } {
  editor.view.dispatch(editor.state.tr.setMeta(key, { query }));
  const { hits } = key.getState(editor.state) ?? NOTHING;
  const caret = editor.state.selection.from;
  const first = hits.findIndex(({ to }) => to >= caret);
  return goTo(editor, Math.max(0, first));
}

export function findNext(editor: Editor, by: 1 | -1): { at: number; of: number } {
  const { hits, at } = key.getState(editor.state) ?? NOTHING;
  return goTo(editor, hits.length === 0 ? 0 : (at + by + hits.length) % hits.length);
}

/** Ends the search; the caret is left at the place that was found. */
export function endFind(editor: Editor): void {
  const { hits, at } = key.getState(editor.state) ?? NOTHING;
  const hit = hits[at];
  const tr = editor.state.tr.setMeta(key, { query: '' });
  if (hit) tr.setSelection(TextSelection.create(tr.doc, hit.from, hit.to));
  editor.view.dispatch(tr);
}

function goTo(editor: Editor, at: number): { at: number; of: number } {
  editor.view.dispatch(editor.state.tr.setMeta(key, { at }));
  const { hits } = key.getState(editor.state) ?? NOTHING;
  const hit = hits[at];
  if (hit) {
    const { node } = editor.view.domAtPos(hit.from);
    (node instanceof Element ? node : node.parentElement)?.scrollIntoView({ block: 'center' });
  }
  return { at: hits.length === 0 ? 0 : at + 1, of: hits.length };
}

function hitsIn(doc: Node, query: string, known: WeakMap<Node, Hit[]>): Hit[] {
  const hits: Hit[] = [];
  doc.forEach((block, offset) => {
    let own = known.get(block);
    if (!own) known.set(block, (own = within(block, query)));
    if (hits.length < MOST)
      for (const { from, to } of own) hits.push({ from: from + offset, to: to + offset });
  });
  return hits.slice(0, MOST);
}

/** Places within a block, counted from its start. */
function within(block: Node, query: string): Hit[] {
  const hits: Hit[] = [];
  const wanted = query.toLowerCase();
  const look = (node: Node, start: number) => {
    if (node.isTextblock) {
      // An atom counts for one place; anything that cannot be typed stands for it.
      const text = node.textBetween(0, node.content.size, undefined, '\uFFFC').toLowerCase();
      // Few letters change their length in lower case; with one of them positions would be off.
      if (text.length !== node.content.size) return;
      for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length))
        hits.push({ from: start + 1 + at, to: start + 1 + at + wanted.length });
      return;
    }
    node.forEach((child, offset) => look(child, start + 1 + offset));
  };
  look(block, 0);
  return hits;
}
