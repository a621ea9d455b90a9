/** What the input line understands beside plain text: `/deploy …`, `/stream …`, `/room`, `/update`, `/followup …`. */

export type Typed =
  | { does: 'note'; text: string }
  | { does: 'mark'; mark: string; text: string }
  | { does: 'stream'; text: string }
  | { does: 'say'; stream: string; text: string }
  | { does: 'room'; text: string }
  | { does: 'follow-up'; text: string }
  | { does: 'update' };

/** Shown while something that begins with a slash is typed. */
export const WORDS: [string, string][] = [
  ['/deploy', 'something new went out'],
  ['/mitigation', 'something was done against it'],
  ['/rollback', 'something old came back'],
  ['/stream', 'begin a line of investigation'],
  ['/room', 'open the war room; a link may follow'],
  ['/update', 'write a status update'],
  ['/followup', 'write down what is to be done afterwards'],
];

/**
 * Reads a line. `@stream text` is heard from that stream. What is no known word is a note as it stands: nothing typed
 * at night is refused for its first letter.
 */
export function read(line: string, streams: string[]): Typed {
  const text = line.trim();
  const [, word = '', rest = ''] = /^(\/\w+)\s*([\s\S]*)$/.exec(text) ?? [];
  if (['/deploy', '/mitigation', '/rollback'].includes(word) && rest)
    return { does: 'mark', mark: word.slice(1), text: rest };
  if (word === '/stream' && rest) return { does: 'stream', text: rest };
  if (word === '/room') return { does: 'room', text: rest };
  if (word === '/followup') return { does: 'follow-up', text: rest };
  if (word === '/update') return { does: 'update' };
  const named = [...streams]
    .sort((a, b) => b.length - a.length)
    .find((title) => text.toLowerCase().startsWith(`@${title.toLowerCase()} `));
  if (named) return { does: 'say', stream: named, text: text.slice(named.length + 2).trim() };
  return { does: 'note', text };
}
