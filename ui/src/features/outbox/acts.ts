/** Words and shapes for acts toward the outside world. */
import type { ActRow, DestinationRow } from '~/ipc/client';

const ACTS: Record<string, string> = {
  post_update: 'Status update',
  open_room: 'Open a war room',
  end_room: 'End the war room',
  ticket_create: 'Create a ticket',
  ticket_edit: 'Change a ticket',
  ticket_transition: 'Move a ticket',
  ticket_assign: 'Assign a ticket',
  ticket_comment: 'Comment on a ticket',
  ticket_mark: 'Mark a ticket',
};

export const actName = (act: ActRow): string => ACTS[act.act] ?? act.act;

/** What an act is about lives on this page. */
export const pageOf = (act: ActRow): 'incident' | 'follow-ups' =>
  act.act.startsWith('ticket_') ? 'follow-ups' : 'incident';

const KINDS: Record<string, string> = {
  slack_webhook: 'Slack webhook',
  slack_bot: 'Slack bot',
  teams_workflow: 'Teams workflow',
  folder: 'Folder',
  zoom: 'Zoom',
};

export const kindName = (destination: DestinationRow): string => KINDS[destination.kind] ?? destination.kind;

/** Only the person can move it on. */
export function stuck(act: ActRow): boolean {
  if (act.state === 'rejected') return act.reason !== 'dropped by hand';
  return act.state === 'unknown' && act.due === null;
}

/** What waits for the person first, then what waits to go out, then the rest, newest first. */
export function pressing(acts: ActRow[]): ActRow[] {
  const rank = (act: ActRow) => (stuck(act) ? 0 : act.state === 'done' || act.state === 'rejected' ? 2 : 1);
  return [...acts].sort((a, b) => rank(a) - rank(b) || b.created.localeCompare(a.created));
}
