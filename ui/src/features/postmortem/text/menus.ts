/** What opens while typing: `/` for what can be put in, `@` for people. */
import { Extension, type Editor, type Range } from '@tiptap/core';
import { PluginKey } from '@tiptap/pm/state';
import Suggestion, { type SuggestionProps } from '@tiptap/suggestion';
import { mount, unmount } from 'svelte';
import { KINDS } from './liveBlock';
import TypedMenu from './TypedMenu.svelte';

export interface Choice {
  id: string;
  says: string;
  about: string;
  /** Also found by these words. */
  words?: string;
  run: (editor: Editor, range: Range) => void;
}

interface MenuOptions {
  people: () => string[];
  pickImage: () => void;
}

export const Menus = Extension.create<MenuOptions>({
  name: 'menus',
  addOptions: () => ({ people: () => [], pickImage: () => {} }),
  addProseMirrorPlugins() {
    const { editor, options } = this;
    const common = {
      editor,
      command: ({ editor: at, range, props }: { editor: Editor; range: Range; props: Choice }) =>
        props.run(at, range),
      allow: ({ state }: { state: Editor['state'] }) =>
        editor.isEditable && state.selection.$from.parent.type.name !== 'codeBlock',
    };
    return [
      Suggestion<Choice, Choice>({
        ...common,
        pluginKey: new PluginKey('slash'),
        char: '/',
        items: ({ query }) => matching(insertions(options), query),
        render: () => menu('Put in'),
      }),
      Suggestion<Choice, Choice>({
        ...common,
        pluginKey: new PluginKey('people'),
        char: '@',
        items: ({ query }) => matching(people(options.people(), query), query),
        render: () => menu('People'),
      }),
    ];
  },
});

/** Everything the slash menu offers. */
function insertions({ pickImage }: Pick<MenuOptions, 'pickImage'>): Choice[] {
  const on = (run: (chain: ReturnType<Editor['chain']>) => ReturnType<Editor['chain']>) => {
    return (editor: Editor, range: Range) => void run(editor.chain().focus().deleteRange(range)).run();
  };
  return [
    ...([1, 2, 3] as const).map((level) => ({
      id: `h${level}`,
      says: `Heading ${level}`,
      about: '#'.repeat(level),
      words: 'title section',
      run: on((chain) => chain.setNode('heading', { level })),
    })),
    { id: 'p', says: 'Text', about: 'A paragraph', run: on((chain) => chain.setParagraph()) },
    { id: 'ul', says: 'Bullet list', about: '-', run: on((chain) => chain.toggleBulletList()) },
    { id: 'ol', says: 'Numbered list', about: '1.', run: on((chain) => chain.toggleOrderedList()) },
    {
      id: 'todo',
      says: 'Tasks',
      about: '[ ]',
      words: 'checklist',
      run: on((chain) => chain.toggleTaskList()),
    },
    { id: 'quote', says: 'Quote', about: '>', run: on((chain) => chain.toggleBlockquote()) },
    {
      id: 'code',
      says: 'Code',
      about: '```',
      words: 'query log',
      run: on((chain) => chain.toggleCodeBlock()),
    },
    {
      id: 'table',
      says: 'Table',
      about: '3 × 3, with a head',
      run: on((chain) => chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true })),
    },
    { id: 'rule', says: 'Line', about: '---', run: on((chain) => chain.setHorizontalRule()) },
    {
      id: 'image',
      says: 'Picture',
      about: 'From a file; pasting works too',
      run: (editor, range) => {
        editor.chain().focus().deleteRange(range).run();
        pickImage();
      },
    },
    ...KINDS.map(([kind, says, about]) => ({
      id: `live-${kind}`,
      says,
      about,
      words: 'live block incident chart',
      run: on((chain) =>
        chain.insertContent([{ type: 'liveBlock', attrs: { kind } }, { type: 'paragraph' }]),
      ),
    })),
  ];
}

function people(names: string[], query: string): Choice[] {
  const typed = query.trim();
  const all = typed && !names.includes(typed) ? [...names, typed] : names;
  return all.map((name) => ({
    id: name,
    says: name,
    about: names.includes(name) ? '' : 'As typed',
    run: (editor, range) =>
      void editor
        .chain()
        .focus()
        .insertContentAt(range, [
          { type: 'mention', attrs: { id: name, label: name } },
          { type: 'text', text: ' ' },
        ])
        .run(),
  }));
}

function matching(choices: Choice[], query: string): Choice[] {
  const typed = query.toLowerCase();
  return choices
    .filter(({ says, words, id }) => `${says} ${words ?? ''} ${id}`.toLowerCase().includes(typed))
    .sort(
      (a, b) =>
        Number(b.says.toLowerCase().startsWith(typed)) - Number(a.says.toLowerCase().startsWith(typed)),
    )
    .slice(0, 24);
}

interface Drawn extends Record<string, unknown> {
  pressed: (key: string) => boolean;
  show: (props: SuggestionProps<Choice, Choice>) => void;
}

/** Shows the choices beside the caret; the focus stays in the text. */
function menu(title: string) {
  let drawn: Drawn | null = null;
  let box: HTMLElement | null = null;
  let away = () => {};
  const end = () => {
    away();
    if (drawn) void unmount(drawn);
    box?.remove();
    drawn = box = null;
    away = () => {};
  };
  return {
    onStart(props: SuggestionProps<Choice, Choice>) {
      end();
      box = document.createElement('div');
      box.className = 'typed-menu';
      const about = { title, first: props, field: props.editor.view.dom };
      drawn = mount(TypedMenu, { target: box, props: about }) as Drawn;
      away = props.mount(box);
    },
    onUpdate: (props: SuggestionProps<Choice, Choice>) => drawn?.show(props),
    onKeyDown: ({ event }: { event: KeyboardEvent }) =>
      !event.isComposing && (drawn?.pressed(event.key) ?? false),
    onExit: end,
  };
}
