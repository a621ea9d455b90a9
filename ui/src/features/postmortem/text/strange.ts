/**
 * What this version does not know. The editor would delete an unknown node or mark from the shared document, for
 * everybody; so what comes in is looked through first, and a document with something strange in it is only read.
 */
import { Mark, type Node, type Schema } from '@tiptap/pm/model';
import * as Y from 'yjs';

export interface Vocabulary {
  nodes: ReadonlySet<string>;
  marks: ReadonlySet<string>;
}

/** The name of the first node or mark of the text that is not known; null when all are. */
export function strangeIn(update: Uint8Array, known: Vocabulary): string | null {
  for (const struct of Y.decodeUpdate(update).structs) {
    if (!(struct instanceof Y.Item)) continue;
    const { content } = struct;
    if (content instanceof Y.ContentType && content.type instanceof Y.XmlElement) {
      if (!known.nodes.has(content.type.nodeName)) return content.type.nodeName;
    } else if (content instanceof Y.ContentEmbed) {
      return 'embed';
    } else if (content instanceof Y.ContentFormat && !known.marks.has(markOf(content.key))) {
      return markOf(content.key);
    }
  }
  return null;
}

/** Marks that overlap themselves are written as `name--hash`. */
function markOf(key: string): string {
  return key.replace(/--[A-Za-z0-9+/=]{8}$/, '');
}

/** A piece of the text as plain values, with what is not known in a shape that can be shown. */
export interface Piece {
  type: string;
  attrs?: Record<string, unknown>;
  content?: Piece[];
  text?: string;
  marks?: { type: string; attrs?: Record<string, unknown> }[];
}

const LINES: ReadonlySet<string> = new Set(['paragraph', 'heading', 'codeBlock']);

/** The text for reading: what is not known becomes a placeholder that keeps its words, unknown marks are left out. */
export function readable(pieces: Piece[], known: Vocabulary, inLine = false): Piece[] {
  return pieces.map((piece) => {
    const marks = piece.marks?.filter((mark) => known.marks.has(markOf(mark.type)));
    const content = piece.content && readable(piece.content, known, LINES.has(piece.type));
    if (known.nodes.has(piece.type)) return { ...piece, marks, content };
    const words = wordsOf(piece);
    if (inLine) return { type: 'text', text: words || `[${piece.type}]` };
    return { type: 'strangeBlock', attrs: { name: piece.type, words } };
  });
}

/**
 * The text for reading: what stands where the schema has no place for it becomes a placeholder that keeps its words. The
 * core says when there is such a thing; its rules are those of the schema.
 */
export function placed(pieces: Piece[], schema: Schema): Piece[] {
  const root = schema.topNodeType;
  return pieces.flatMap((piece) => {
    const node = nodeOf(piece, schema);
    if (!node) return [];
    const fits = root.contentMatch.matchType(node.type) !== null;
    const shown = fits
      ? node
      : node.isInline
        ? schema.node('paragraph', null, node)
        : misplaced(piece, schema);
    return [shown.toJSON() as Piece];
  });
}

function nodeOf(piece: Piece, schema: Schema): Node | null {
  if (piece.type === 'text')
    return typeof piece.text === 'string' && piece.text !== ''
      ? schema.text(
          piece.text,
          piece.marks?.map((mark) => Mark.fromJSON(schema, mark)),
        )
      : null;
  const inside = (piece.content ?? []).flatMap((one) => nodeOf(one, schema) ?? []);
  try {
    return schema.nodes[piece.type]?.createChecked(piece.attrs ?? null, inside) ?? misplaced(piece, schema);
  } catch {
    return misplaced(piece, schema);
  }
}

function misplaced(piece: Piece, schema: Schema): Node {
  return schema.node('strangeBlock', { name: piece.type, words: wordsOf(piece), misplaced: true });
}

function wordsOf(piece: Piece): string {
  return piece.text ?? (piece.content ?? []).map(wordsOf).join(' ').trim();
}
