/** The words and shapes of ticket links. */

const WORDS: Record<string, string> = {
  queued: 'on its way',
  unknown: 'unclear',
  linked: 'linked',
  conflict: 'conflict',
  rejected: 'refused',
  deleted: 'gone there',
  forbidden: 'not visible',
  broken: 'link broken',
};

/** How a link stands, in a word or two. */
export const ticketWord = (state: string): string => WORDS[state] ?? state.slice(0, 40);

/** The shape of a link that asks for somebody; none where it simply stands. */
export function ticketMark(state: string): string | null {
  if (state === 'linked') return null;
  if (['rejected', 'deleted', 'forbidden', 'broken'].includes(state)) return 'exhausted';
  return state === 'queued' ? 'blind' : 'burning';
}
