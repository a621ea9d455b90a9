/** The text as the rest of the page sees it: the editor once it is there, what is in it, and ways to a place in it. */
import type { Editor } from '@tiptap/core';
import { NodeSelection, TextSelection } from '@tiptap/pm/state';
import { shapeOf, type Heading } from './outline';

const CALM_MS = 250;

export class Sheet {
  editor = $state.raw<Editor | null>(null);
  /** The document is shown. */
  ready = $state(false);
  headings = $state.raw<Heading[]>([]);
  words = $state(0);
  /** The heading the caret is under. */
  here = $state(-1);
  /** Counts what happened to text or selection, once a frame at most. */
  turn = $state(0);
  toolbar: HTMLElement | undefined;
  #frame = 0;
  #calm: ReturnType<typeof setTimeout> | undefined;

  /** Takes the editor over; the answer lets it go. */
  hold(editor: Editor): () => void {
    this.editor = editor;
    const happened = () => {
      // Nothing beside the text may wait for a key or make it wait.
      this.#frame ||= requestAnimationFrame(() => {
        this.#frame = 0;
        this.turn += 1;
      });
      clearTimeout(this.#calm);
      this.#calm = setTimeout(() => this.look(), CALM_MS);
    };
    editor.on('transaction', happened);
    return () => {
      editor.off('transaction', happened);
      cancelAnimationFrame(this.#frame);
      clearTimeout(this.#calm);
      this.editor = null;
      this.ready = false;
    };
  }

  /** Reads outline and words anew. */
  look(): void {
    if (!this.editor || this.editor.isDestroyed) return;
    const { doc, selection } = this.editor.state;
    const { headings, words } = shapeOf(doc);
    this.headings = headings;
    this.words = words;
    this.here = headings.findLastIndex(({ at }) => at <= selection.from);
  }

  /** Selects a stretch and brings it into view. */
  goTo(from: number, to = from): void {
    const { editor } = this;
    if (!editor) return;
    const { doc } = editor.state;
    const node = doc.nodeAt(from);
    const selection =
      node?.isAtom && node.isBlock
        ? NodeSelection.create(doc, from)
        : TextSelection.between(doc.resolve(from), doc.resolve(to));
    editor.view.dispatch(editor.state.tr.setSelection(selection));
    editor.view.focus();
    const place = editor.view.domAtPos(selection.from).node;
    (place instanceof Element ? place : place.parentElement)?.scrollIntoView({ block: 'center' });
  }

  toToolbar(): void {
    this.toolbar?.querySelector<HTMLElement>('button[tabindex="0"], button')?.focus();
  }
}
