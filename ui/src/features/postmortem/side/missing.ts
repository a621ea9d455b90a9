/** What a postmortem still lacks, read from the text and the incident. */
import type { Node } from '@tiptap/pm/model';
import type { IncidentView, ReviewerRow } from '~/ipc/client';
import { many } from '~/shared/format/number';
import { isHint } from '../text/hints';

interface Point {
  says: string;
  done: boolean;
  /** Where in the text. */
  at?: number;
}

export interface Beside {
  /** Comments that are not resolved. */
  open: number;
  /** Follow-ups of the incident. */
  made: number;
  incident: IncidentView | undefined;
  reviewers: ReviewerRow[];
}

export function missing(doc: Node | undefined, { open, made, incident, reviewers }: Beside): Point[] {
  const empty = doc ? emptyPart(doc) : undefined;
  const task = doc ? openTask(doc) : undefined;
  const { impact_start, mitigated, resolved } = incident?.times ?? {};
  const waiting = reviewers.filter(({ approved }) => !approved).length;
  return [
    { says: 'Every part is written', done: empty === undefined, at: empty },
    { says: 'Every task is done', done: task === undefined, at: task },
    { says: open === 0 ? 'Comments are resolved' : `${many(open, 'comment')} to resolve`, done: open === 0 },
    { says: 'There are follow-ups', done: made > 0 },
    {
      says: 'Times of impact, mitigation and resolution are known',
      done: Boolean(impact_start && mitigated && resolved),
    },
    {
      says: waiting > 0 ? `${many(waiting, 'reviewer')} to approve` : 'Somebody has approved it',
      done: reviewers.length > 0 && waiting === 0,
    },
  ];
}

/**
 * The first heading with nothing under it before the next of its rank. A template's question answers nothing, nor does what the
 * incident feeds while the question stands alone.
 */
function emptyPart(doc: Node): number | undefined {
  let at: number | undefined;
  let rank = 0;
  let part = { said: true, fed: false, asked: false };
  const written = () => part.said || (part.fed && !part.asked);
  let found: number | undefined;
  doc.forEach((block, offset) => {
    if (found !== undefined) return;
    if (block.type.name === 'heading') {
      const level = Number(block.attrs.level);
      if (!written() && level <= rank) found = at;
      if (written() || level <= rank || at === undefined) {
        at = offset + 1;
        rank = level;
        part = { said: false, fed: false, asked: false };
      }
    } else if (isHint(block)) part.asked = true;
    else if (block.isAtom) part.fed = true;
    else if (block.textContent.trim() !== '') part.said = true;
  });
  return found ?? (written() ? undefined : at);
}

function openTask(doc: Node): number | undefined {
  let found: number | undefined;
  doc.descendants((node, at) => {
    if (found !== undefined || node.isTextblock) return false;
    if (node.type.name === 'taskItem' && node.attrs.checked !== true) found = at + 2;
    return found === undefined;
  });
  return found;
}
