/** Where finds lead, and what they are called. */
import { at } from '~/app/routes.svelte';
import type { HitRow } from '~/ipc/client';

const WORDS: Record<string, string> = {
  incident: 'incident',
  entry: 'timeline',
  followup: 'follow-up',
  slo: 'SLO',
  postmortem: 'postmortem',
};

export function kindWord(kind: string): string {
  return WORDS[kind] ?? kind;
}

export function hrefOf(hit: Pick<HitRow, 'kind' | 'id' | 'incident'>): string {
  if (hit.kind === 'followup') return at('follow-ups', hit.id);
  if (hit.kind === 'slo') return at('watch', hit.id);
  if (hit.kind === 'postmortem') return at('postmortem', hit.id);
  return at('incident', hit.incident ?? hit.id);
}
