/**
 * A block that the incident feeds: the document keeps only what it is about (`kind`, `slo`) until it is published, and
 * from then on also what it showed (`data`). How a block looks is a Svelte component, put in by the editor.
 */
import { mergeAttributes, Node } from '@tiptap/core';

export interface LiveAttrs {
  kind: string;
  slo: string | null;
  /** A JSON text once the document is published; null while it follows the incident. */
  data: string | null;
}

/** Draws a block into `box`; the answers change or end it. */
export interface Drawn {
  update(attrs: LiveAttrs): void;
  destroy(): void;
}

export type DrawBlock = (box: HTMLElement, attrs: LiveAttrs, act: BlockActs) => Drawn;

export interface BlockActs {
  change: (attrs: Partial<LiveAttrs>) => void;
  remove: () => void;
}

interface LiveBlockOptions {
  draw: DrawBlock | null;
}

export const KINDS: readonly (readonly [kind: string, says: string, about: string])[] = [
  ['timeline', 'Timeline', 'Starred entries of the incident'],
  ['budget', 'Budget chart', 'What was left of the budget, with markers'],
  ['indicator', 'Indicator chart', 'How good it was, against the objective'],
  ['arithmetic', 'Arithmetic', 'How much of the budget was spent, counted'],
  ['followups', 'Follow-ups', 'With their tickets and proofs'],
  ['roles', 'Roles', 'Who did what'],
  ['times', 'Times', 'Impact, detection, mitigation, resolution'],
];

const text = (name: keyof LiveAttrs, fallback: string | null) => ({
  default: fallback,
  parseHTML: (element: HTMLElement) => element.getAttribute(`data-${name}`) ?? fallback,
  renderHTML: (attrs: Record<string, unknown>) =>
    attrs[name] ? { [`data-${name}`]: String(attrs[name]) } : {},
});

export const LiveBlock = Node.create<LiveBlockOptions>({
  name: 'liveBlock',
  group: 'block',
  atom: true,
  draggable: true,
  selectable: true,
  addOptions: () => ({ draw: null }),
  addAttributes: () => ({
    kind: text('kind', ''),
    slo: text('slo', null),
    data: text('data', null),
  }),
  parseHTML: () => [{ tag: 'div[data-type="live-block"]' }],
  renderHTML: ({ HTMLAttributes }) => ['div', mergeAttributes(HTMLAttributes, { 'data-type': 'live-block' })],
  addNodeView() {
    const { draw } = this.options;
    if (!draw) return null;
    return ({ node, editor, getPos }) => {
      const dom = document.createElement('div');
      dom.className = 'live';
      dom.contentEditable = 'false';
      const drawn = draw(dom, node.attrs as LiveAttrs, {
        change: (attrs) => {
          const at = getPos();
          if (at === undefined) return;
          editor.commands.command(({ tr }) => {
            const now = tr.doc.nodeAt(at);
            if (now) tr.setNodeMarkup(at, undefined, { ...now.attrs, ...attrs });
            return now !== null;
          });
        },
        remove: () => {
          const at = getPos();
          if (at !== undefined)
            editor
              .chain()
              .focus()
              .deleteRange({ from: at, to: at + 1 })
              .run();
        },
      });
      return {
        dom,
        update: (next) => {
          if (next.type.name !== 'liveBlock') return false;
          drawn.update(next.attrs as LiveAttrs);
          return true;
        },
        // Controls inside it work as controls; everything else selects the block.
        stopEvent: (event) =>
          event.target instanceof Element &&
          event.target.closest('button, select, summary, a, [role="slider"], [tabindex]') !== null,
        ignoreMutation: () => true,
        destroy: () => drawn.destroy(),
      };
    };
  },
});
