/**
 * What this version does not know. The editor would delete an unknown node or mark from the shared document, for
 * everybody; so what comes in is looked through first, and a document with something strange in it is only read.
 */
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

function wordsOf(piece: Piece): string {
  return piece.text ?? (piece.content ?? []).map(wordsOf).join(' ').trim();
}
