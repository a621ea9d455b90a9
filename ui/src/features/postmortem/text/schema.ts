/**
 * What a postmortem may contain. Names are those of TipTap where it has them, because they are what is stored; our own
 * are `image`, `mention` and `liveBlock`. Whatever opens a document without an edit must leave it unchanged, so nothing
 * here adds content by itself (no trailing paragraph).
 */
import { getSchema, Node, type AnyExtension, type Extensions } from '@tiptap/core';
import { TaskItem, TaskList } from '@tiptap/extension-list';
import { TableKit } from '@tiptap/extension-table';
import StarterKit from '@tiptap/starter-kit';
import { bounded, openable } from '~/shared/format/text';
import { Image } from './image';
import { LiveBlock } from './liveBlock';
import { Mention } from './mention';
import type { Vocabulary } from './strange';

/** The nodes and marks of the shared document. */
export function contents(): Extensions {
  return [
    StarterKit.configure({
      undoRedo: false,
      trailingNode: false,
      heading: { levels: [1, 2, 3, 4] },
      link: {
        openOnClick: false,
        autolink: true,
        linkOnPaste: true,
        protocols: ['http', 'https'],
        isAllowedUri: (url) => openable(url) || url.startsWith('mailto:'),
        // What a link may do is decided when it is opened; nothing of it comes from the document.
        HTMLAttributes: { target: null, rel: 'noopener noreferrer', class: null },
      },
    }),
    TaskList,
    TaskItem.configure({
      nested: true,
      a11y: { checkboxLabel: (node) => `Done: ${bounded(node.firstChild?.textContent, 80) || 'empty task'}` },
    }),
    TableKit.configure({ table: { resizable: false, renderWrapper: true } }),
    Image,
    Mention,
    LiveBlock,
  ];
}

/** What stands for a block of a newer version, or for one in an impossible place, when the document is only read. Never part of the shared document. */
export const StrangeBlock = Node.create({
  name: 'strangeBlock',
  group: 'block',
  atom: true,
  addAttributes: () => ({ name: { default: '' }, words: { default: '' }, misplaced: { default: false } }),
  renderHTML({ node }) {
    const name = bounded(String(node.attrs.name), 40);
    const words = bounded(String(node.attrs.words), 2_000);
    const why = node.attrs.misplaced
      ? `“${name}” stands where it cannot be.`
      : `A newer Firewatch shows “${name}” here.`;
    return ['div', { class: 'strange', role: 'note' }, `${why} ${words}`];
  },
});

/** The words of a set of extensions. */
function vocabularyOf(extensions: AnyExtension[]): Vocabulary {
  const schema = getSchema(extensions);
  return { nodes: new Set(Object.keys(schema.nodes)), marks: new Set(Object.keys(schema.marks)) };
}

/** What this version knows. */
export const VOCABULARY = vocabularyOf(contents());

/** What a document that is only read is shown with. */
export const READABLE = getSchema([...contents(), StrangeBlock]);
