/** What the input line offers while something is typed: words behind a slash, people and streams behind an @. */
import { WORDS } from './typed';

export interface Choice {
  /** As shown. */
  word: string;
  says: string;
  /** The whole line once it is chosen, and where the caret then stands. */
  text: string;
  caret: number;
}

/** More would be a list to read instead of a word to finish. */
const MOST = 8;

export function choices(
  text: string,
  caret: number,
  { people, streams }: { people: string[]; streams: string[] },
): Choice[] {
  const before = text.slice(0, caret);
  const after = text.slice(caret);
  const slash = /^\/\w*$/.exec(before)?.[0];
  if (slash !== undefined) {
    const found = WORDS.filter(([word]) => word.startsWith(slash) && word !== slash);
    return found.map(([word, says]) => finished(`${word} `, after, word, says));
  }
  const mention = /(^|\s)@([^\s@]*)$/.exec(before);
  if (!mention) return [];
  const typed = (mention[2] ?? '').toLowerCase();
  const head = before.slice(0, before.length - (mention[2] ?? '').length);
  const named = [
    ...streams.map((name) => [name, 'stream'] as const),
    ...people.map((name) => [name, 'person'] as const),
  ];
  const seen = new Set<string>();
  return named
    .filter(([name]) => name.toLowerCase() !== typed && wordStarts(name, typed))
    .filter(([name]) => !seen.has(name) && seen.add(name))
    .slice(0, MOST)
    .map(([name, says]) => finished(`${head}${name} `, after, `@${name}`, says));
}

function wordStarts(name: string, typed: string): boolean {
  return name
    .toLowerCase()
    .split(/[\s.@_-]+/)
    .concat(name.toLowerCase())
    .some((word) => word.startsWith(typed));
}

function finished(head: string, after: string, word: string, says: string): Choice {
  return { word, says, text: head + after.replace(/^ /, ''), caret: head.length };
}

/** Everybody an incident knows of, once each, in the order of the alphabet. */
export function peopleOf(incident: {
  roles: Record<string, string>;
  streams: { owner: string }[];
  entries: { author: string }[];
}): string[] {
  const all = [
    ...Object.values(incident.roles),
    ...incident.streams.map(({ owner }) => owner),
    ...incident.entries.slice(-400).map(({ author }) => author),
  ];
  const people = new Set(all.map((name) => name.trim()).filter((name) => name && name !== 'firewatch'));
  return [...people].sort((a, b) => a.localeCompare(b));
}
