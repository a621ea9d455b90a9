/**
 * Places in the text that something else points to: comments, and follow-ups that were made from a passage. They are
 * kept as positions relative to the document's own history, so that they stay where they were put while everybody
 * writes, and drawn as decorations, so that they are never part of the text.
 */
import { Extension, type Editor } from '@tiptap/core';
import { Plugin, PluginKey, type EditorState } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import {
  absolutePositionToRelativePosition,
  relativePositionToAbsolutePosition,
  ySyncPluginKey,
} from '@tiptap/y-tiptap';
import * as Y from 'yjs';
import { fromBase64, toBase64 } from './bytes';

/** Both ends as relative positions in base64. */
export interface Place {
  from: string;
  to: string;
}

export interface Anchor extends Place {
  id: string;
  kind: 'comment' | 'followup';
}

interface Marks {
  anchors: Anchor[];
  active: string | null;
  shown: DecorationSet;
}

const key = new PluginKey<Marks>('anchors');

export const Anchors = Extension.create<{ chosen: (id: string, kind: Anchor['kind']) => void }>({
  name: 'anchors',
  addOptions: () => ({ chosen: () => {} }),
  addProseMirrorPlugins() {
    const { chosen } = this.options;
    return [
      new Plugin<Marks>({
        key,
        state: {
          init: () => ({ anchors: [], active: null, shown: DecorationSet.empty }),
          apply(tr, marks, _, state) {
            const next = tr.getMeta(key) as Partial<Pick<Marks, 'anchors' | 'active'>> | undefined;
            const moved = tr.getMeta(ySyncPluginKey) !== undefined;
            if (!next && !tr.docChanged) return marks;
            const { anchors, active } = { ...marks, ...next };
            // What others write replaces whole nodes, so positions are looked up anew instead of mapped.
            if (next || moved) return { anchors, active, shown: drawn(state, anchors, active) };
            return { anchors, active, shown: marks.shown.map(tr.mapping, tr.doc) };
          },
        },
        props: {
          decorations: (state) => key.getState(state)?.shown,
          handleClick(view, at) {
            const hit = key.getState(view.state)?.shown.find(at, at).at(-1);
            const anchor = hit?.spec as Anchor | undefined;
            if (anchor) chosen(anchor.id, anchor.kind);
            return false;
          },
        },
      }),
    ];
  },
});

/** Shows these anchors, one of them as the chosen one. */
export function showAnchors(editor: Editor, anchors: Anchor[], active: string | null): void {
  if (!editor.isDestroyed) editor.view.dispatch(editor.state.tr.setMeta(key, { anchors, active }));
}

/** The selection as a place; null where there is none. */
export function placeOf(state: EditorState, from: number, to: number): Place | null {
  const bound = binding(state);
  if (!bound) return null;
  const text = (at: number) => {
    const end = absolutePositionToRelativePosition(at, bound.type, bound.mapping) as Y.RelativePosition;
    return toBase64(Y.encodeRelativePosition(end));
  };
  return { from: text(from), to: text(to) };
}

/** A place as one word, for what points here from outside of the document. */
export function wordOf({ from, to }: Place): string {
  return `${from}~${to}`;
}

/** The place of such a word; null where it is none. */
export function placeIn(word: string | null | undefined): Place | null {
  const [from, to, more] = word?.split('~') ?? [];
  return from && to && more === undefined ? { from, to } : null;
}

/** Where a place is now; null when its text is gone. */
export function rangeOf(state: EditorState, place: Place): { from: number; to: number } | null {
  const [from, to] = [pointOf(state, place.from), pointOf(state, place.to)];
  return from !== null && to !== null && from < to ? { from, to } : null;
}

/** Where one end of a place is now. */
export function pointOf(state: EditorState, end: string): number | null {
  const bound = binding(state);
  const at = bound && positionOf(bound, end);
  return at === null ? null : Math.min(at, state.doc.content.size);
}

type Mapping = Parameters<typeof relativePositionToAbsolutePosition>[3];

interface Bound {
  doc: Y.Doc;
  type: Y.XmlFragment;
  mapping: Mapping;
}

function binding(state: EditorState): Bound | null {
  const sync = ySyncPluginKey.getState(state) as
    { doc: Y.Doc; type: Y.XmlFragment; binding: { mapping: Mapping } | null } | undefined;
  return sync?.binding ? { doc: sync.doc, type: sync.type, mapping: sync.binding.mapping } : null;
}

function positionOf(bound: Bound, text: string): number | null {
  try {
    const place = Y.decodeRelativePosition(fromBase64(text));
    return relativePositionToAbsolutePosition(bound.doc, bound.type, place, bound.mapping);
  } catch {
    // Written by somebody else, or of another document.
    return null;
  }
}

function drawn(state: EditorState, anchors: Anchor[], active: string | null): DecorationSet {
  const marks = anchors.flatMap((anchor) => {
    const range = rangeOf(state, anchor);
    if (!range) return [];
    const look = `anchor ${anchor.kind}${anchor.id === active ? ' active' : ''}`;
    return [Decoration.inline(range.from, range.to, { class: look }, { ...anchor })];
  });
  return DecorationSet.create(state.doc, marks);
}
