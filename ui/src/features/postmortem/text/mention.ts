/** Somebody's name in the text: a thing of its own, so that it can be found. */
import { mergeAttributes, Node } from '@tiptap/core';
import { bounded } from '~/shared/format/text';

export const Mention = Node.create({
  name: 'mention',
  group: 'inline',
  inline: true,
  atom: true,
  addAttributes: () => ({
    id: {
      default: '',
      parseHTML: (element) => element.getAttribute('data-id') ?? '',
      renderHTML: ({ id }) => ({ 'data-id': id }),
    },
    label: {
      default: '',
      parseHTML: (element) => element.getAttribute('data-label') ?? '',
      renderHTML: ({ label }) => ({ 'data-label': label }),
    },
  }),
  parseHTML: () => [{ tag: 'span[data-type="mention"]' }],
  renderHTML({ node, HTMLAttributes }) {
    return [
      'span',
      mergeAttributes(HTMLAttributes, { 'data-type': 'mention', class: 'mention' }),
      nameOf(node.attrs),
    ];
  },
  renderText: ({ node }) => nameOf(node.attrs),
});

function nameOf(attrs: Record<string, unknown>): string {
  return `@${bounded(String(attrs.label || attrs.id || ''), 80)}`;
}
