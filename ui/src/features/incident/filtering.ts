/** What of a timeline is looked at: kinds, a person, words, what was starred. */
import type { IncidentView } from '~/ipc/client';

type Entry = IncidentView['entries'][number];

export interface Filter {
  /** A group of `GROUPS`; empty for all. */
  group: string;
  /** Who wrote it; empty for everybody. */
  person: string;
  /** Words, all of which stand in it; empty for any. */
  words: string;
  starred: boolean;
}

export const ALL: Filter = { group: '', person: '', words: '', starred: false };

/** Kinds as people look for them; what is in none of them is shown under all. */
export const GROUPS: [string, string[]][] = [
  ['written', ['note', 'attached', 'stream_said']],
  ['done', ['marked']],
  ['updates', ['update']],
  ['streams', ['stream_opened', 'stream_owned', 'stream_said', 'stream_closed']],
  ['phases', ['declared', 'phase', 'severity', 'reopened', 'merged', 'gate_overridden', 'acknowledged']],
  ['roles', ['role', 'role_offered', 'role_confirmed', 'role_declined']],
  ['SLOs', ['turned', 'impact', 'evidence']],
  ['rooms', ['room_opened', 'room_closed']],
];

/** Entries about other entries: they are told at the entry itself. */
const BESIDE = ['starred'];

export function isAll(filter: Filter): boolean {
  return !filter.group && !filter.person && !filter.words.trim() && !filter.starred;
}

export function looked(entries: Entry[], filter: Filter): Entry[] {
  const kinds = GROUPS.find(([name]) => name === filter.group)?.[1];
  const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((entry) => {
    if (BESIDE.includes(entry.kind)) return false;
    if (kinds && !kinds.includes(entry.kind)) return false;
    if (filter.person && entry.author !== filter.person) return false;
    if (filter.starred && !entry.starred) return false;
    const text = `${entry.text} ${entry.before ?? ''} ${entry.author} ${entry.kind}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function authors(entries: Entry[]): string[] {
  return [...new Set(entries.map(({ author }) => author))].sort((a, b) => a.localeCompare(b));
}
