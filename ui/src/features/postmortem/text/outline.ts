/** Headings and the count of words. Blocks do not change once made, so each is counted once. */
import type { Node } from '@tiptap/pm/model';

export interface Heading {
  level: number;
  text: string;
  at: number;
}

export interface Shape {
  headings: Heading[];
  words: number;
}

const counted = new WeakMap<Node, number>();

export function shapeOf(doc: Node): Shape {
  const headings: Heading[] = [];
  let words = 0;
  doc.forEach((block, at) => {
    if (block.type.name === 'heading')
      headings.push({ level: Number(block.attrs.level), text: block.textContent, at });
    let own = counted.get(block);
    if (own === undefined) counted.set(block, (own = wordsIn(block)));
    words += own;
  });
  return { headings, words };
}

function wordsIn(block: Node): number {
  const text = block.textBetween(0, block.content.size, ' ', ' ');
  return text.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’_-]*/gu)?.length ?? 0;
}
