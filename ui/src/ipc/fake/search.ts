/** A made-up search over the made-up incidents and follow-ups. */
import type { Alike, Client, FollowUpRow, HitRow, IncidentView, Piece } from '../client';

export function searchCalls(
  answer: <T>(make: () => T) => Promise<T>,
  incidents: () => IncidentView[],
  followups: () => FollowUpRow[],
): Pick<Client, 'search' | 'looksLike'> {
  return {
    search: (typed, limit) => answer(() => found(typed, incidents(), followups()).slice(0, limit)),
    looksLike: (id) => answer(() => alike(id, incidents(), followups())),
  };
}

function found(typed: string, incidents: IncidentView[], followups: FollowUpRow[]): HitRow[] {
  const words = typed
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  if (words.length === 0) return [];
  const title = (id: string | null) => incidents.find((one) => one.id === id)?.title ?? null;
  const all = [
    ...incidents.map((one) =>
      row('incident', one.id, one.id, one.title, '', null, one.entries[0]?.at ?? '', one.title),
    ),
    ...incidents.flatMap((one) =>
      one.entries.map((entry) => row('entry', entry.id, one.id, '', entry.text, null, entry.at, one.title)),
    ),
    ...followups.map((one) =>
      row(
        'followup',
        one.id,
        one.incident,
        one.title,
        '',
        one.proof?.headline ?? one.status,
        one.created,
        title(one.incident),
      ),
    ),
  ];
  const fits = (hit: HitRow) =>
    words.every((word) => `${hit.title} ${hit.excerpt}`.toLowerCase().includes(word));
  const marked = (text: string) => pieces(text, words);
  return all.filter(fits).map((hit) => ({
    ...hit,
    title_pieces: marked(hit.title),
    excerpt_pieces: marked(hit.excerpt),
  }));
}

function row(
  kind: string,
  id: string,
  incident: string | null,
  title: string,
  excerpt: string,
  note: string | null,
  at: string,
  incident_title: string | null,
): HitRow {
  return {
    kind,
    id,
    incident,
    incident_title,
    title,
    excerpt,
    title_pieces: [],
    excerpt_pieces: [],
    note,
    at,
  };
}

function pieces(text: string, words: string[]): Piece[] {
  const any = new RegExp(
    `(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`,
    'iu',
  );
  return text
    .split(any)
    .filter(Boolean)
    .map((part) => ({ text: part, hit: words.includes(part.toLowerCase()) }));
}

function alike(id: string, incidents: IncidentView[], followups: FollowUpRow[]): Alike[] {
  const past = incidents
    .filter((one) => one.id !== id && ['resolved', 'reviewed'].includes(one.phase))
    .slice(0, 2);
  return past.map((one) => ({
    id: one.id,
    title: one.title,
    phase: one.phase,
    at: one.entries[0]?.at ?? '',
    shared_slos: [],
    followups: followups
      .filter((followup) => followup.incident === one.id)
      .map((fix) => ({
        id: fix.id,
        title: fix.title,
        status: fix.status,
        verdict: fix.proof?.headline ?? null,
      })),
  }));
}
