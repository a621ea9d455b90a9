/** The words and shapes of ticket links, and which of a follow-up's fields a refusal is about. */
import type { TicketView } from '~/ipc/client';

const WORDS: Record<string, string> = {
  queued: 'on its way',
  unknown: 'unclear',
  linked: 'linked',
  conflict: 'conflict',
  rejected: 'refused',
  deleted: 'gone there',
  forbidden: 'not visible',
  elsewhere: 'made elsewhere',
};

/** How a link stands, in a word or two. */
export const ticketWord = (state: string): string => WORDS[state] ?? state.slice(0, 40);

/** The shape of a link that asks for somebody; none where it simply stands. */
export function ticketMark(state: string): string | null {
  if (state === 'linked') return null;
  if (['rejected', 'deleted', 'forbidden'].includes(state)) return 'exhausted';
  return state === 'queued' || state === 'elsewhere' ? 'blind' : 'burning';
}

const NAMES: Record<string, string> = {
  summary: 'Title',
  description: 'Text',
  status: 'Status',
  assignee: 'Owner',
  priority: 'Priority',
  due: 'Due date',
  labels: 'Labels',
};

/** A field of a ticket as it is called here. */
export const fieldName = (field: string): string => NAMES[field] ?? field.slice(0, 60);

/** Our field for one of Jira's. */
const OURS: Record<string, string> = {
  summary: 'title',
  description: 'text',
  assignee: 'owner',
  priority: 'priority',
  duedate: 'due',
  due: 'due',
  labels: 'labels',
  status: 'status',
  resolution: 'status',
};

/** What Jira said about one of our fields; empty for nothing. */
export function refusedAt(ticket: TicketView | null | undefined, field: string): string {
  const said = Object.entries(ticket?.refused ?? {}).filter(([theirs]) => OURS[theirs] === field);
  return said
    .map(([, says]) => `Jira: ${says}`)
    .join(' ')
    .slice(0, 400);
}

/** What it said about fields that a follow-up does not have. */
export function elsewhereRefused(ticket: TicketView): [string, string][] {
  return Object.entries(ticket.refused)
    .filter(([theirs]) => !(theirs in OURS))
    .map(([theirs, says]) => [theirs, says ?? '']);
}
