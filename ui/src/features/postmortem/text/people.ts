/**
 * What others say of themselves in a document. It comes from anywhere and may be anything, so it is made anew here from the few
 * parts that are used, each bounded; the colour is ours, by the name, so that it is legible and the same for everybody.
 */
import { bounded } from '~/shared/format/text';

/** One colour for each of so many people; for other editors as these editors want them, for ours by number in tokens.css. */
const COLOURS = ['#2d6cb8', '#0f7f86', '#a8418a', '#7a6a12', '#9a5a2b', '#5b55b8'] as const;
const LONGEST_NAME = 40;

/** The state of one client, as `CollaborationCaret` reads it. */
export interface State {
  user: { name: string; color: string };
  cursor: { anchor: Position; head: Position } | null;
}

interface Id {
  client: number;
  clock: number;
}

/** A relative position of Yjs as JSON. */
interface Position {
  type: Id | null;
  tname: string | null;
  item: Id | null;
  assoc: number;
}

/** The number of a person's colour, the same wherever the name is the same. */
export function hueOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return sum % COLOURS.length;
}

export function userOf(name: string): State['user'] {
  const own = bounded(name.trim(), LONGEST_NAME) || 'Somebody';
  return { name: own, color: COLOURS[hueOf(own)] ?? COLOURS[0] };
}

/** What of a foreign state is used; null where there is nobody. `text` is the root the document's text is under. */
export function tidied(state: unknown, text: string): State | null {
  if (!isRecord(state)) return null;
  const user = isRecord(state.user) ? state.user : null;
  const cursor = isRecord(state.cursor) ? state.cursor : null;
  if (!user && !cursor) return null;
  const [anchor, head] = [positionOf(cursor?.anchor, text), positionOf(cursor?.head, text)];
  const name = typeof user?.name === 'string' ? user.name : '';
  return { user: userOf(name), cursor: anchor && head ? { anchor, head } : null };
}

function positionOf(value: unknown, text: string): Position | null {
  if (!isRecord(value)) return null;
  const [type, item] = [idOf(value.type), idOf(value.item)];
  const tname = value.tname === text ? text : null;
  if (!type && !item && !tname) return null;
  return { type, tname, item, assoc: value.assoc === -1 ? -1 : 0 };
}

function idOf(value: unknown): Id | null {
  if (!isRecord(value)) return null;
  const { client, clock } = value;
  return isCount(client) && isCount(clock) ? { client, clock } : null;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
