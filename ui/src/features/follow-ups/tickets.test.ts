import { describe, expect, it } from 'vitest';
import type { TicketView } from '~/ipc/client';
import { elsewhereRefused, refusedAt, ticketMark, ticketWord } from './tickets';

const ticket: TicketView = {
  followup: 'f',
  tracker: 'jira',
  key: null,
  url: null,
  state: 'rejected',
  status: null,
  trouble: 'Jira refused two fields',
  refused: { duedate: 'may not lie in the past', customfield_10010: 'Team is required' },
  act: 'act-1',
  waiting: 0,
  conflicts: [],
  opaque: false,
  comments: [],
};

describe('what Jira refused', () => {
  it('stands beside the field it is about, or apart where a follow-up has none', () => {
    expect(refusedAt(ticket, 'due')).toBe('Jira: may not lie in the past');
    expect(refusedAt(ticket, 'title')).toBe('');
    expect(refusedAt(null, 'due')).toBe('');
    expect(elsewhereRefused(ticket)).toEqual([['customfield_10010', 'Team is required']]);
  });

  it('has a shape for what asks for somebody, and none for what simply stands', () => {
    expect(ticketMark('linked')).toBeNull();
    expect(ticketMark('rejected')).toBe('exhausted');
    expect(ticketMark('unknown')).toBe('burning');
    expect(ticketMark('something new')).toBe('burning');
    expect(ticketWord('something new')).toBe('something new');
  });
});
