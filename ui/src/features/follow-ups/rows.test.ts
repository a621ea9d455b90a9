import { describe, expect, it } from 'vitest';
import type { FollowUpRow } from '~/ipc/client';
import { dayOf, dayText, dayWords, effortWords } from '~/shared/followups';
import { columns, filtered, incidents, NO_FILTER, NOBODY, owners } from './rows';

function row(id: string, of: Partial<FollowUpRow> = {}): FollowUpRow {
  return {
    id,
    incident: null,
    incident_title: null,
    title: id,
    kind: 'prevent',
    priority: 'medium',
    owner: '',
    due: null,
    deadline: null,
    due_on_weekend: false,
    effort_min: null,
    labels: [],
    status: 'open',
    entry: null,
    passage: null,
    slo: null,
    journey: null,
    required: null,
    author: 'you',
    created: '2026-11-22T00:00:00Z',
    updated: '2026-11-22T00:00:00Z',
    ticket: null,
    hypothesis: null,
    proof: null,
    ...of,
  };
}

const rows = [
  row('a', { owner: 'Ana', due: '2026-12-04', deadline: 'later', labels: ['speed'] }),
  row('b', { status: 'done', owner: 'Bo', incident: 'i', incident_title: 'Sign-in' }),
  row('c', { status: 'doing', due: '2026-11-20', deadline: 'overdue', required: 'reviewed' }),
  row('d', { ticket: { key: 'OPS-1', url: null, state: 'linked' }, required: 'resolved' }),
];
const ids = (of: FollowUpRow[]) => of.map(({ id }) => id).join('');

describe('the filter', () => {
  it('shows what is not settled unless asked', () => {
    expect(ids(filtered(rows, NO_FILTER))).toBe('acd');
    expect(ids(filtered(rows, { ...NO_FILTER, status: '' }))).toBe('abcd');
    expect(ids(filtered(rows, { ...NO_FILTER, status: 'done' }))).toBe('b');
  });

  it('finds by words, owner, due date and ticket', () => {
    expect(ids(filtered(rows, { ...NO_FILTER, text: 'SPEED ana' }))).toBe('a');
    expect(ids(filtered(rows, { ...NO_FILTER, text: 'ops-1' }))).toBe('d');
    expect(ids(filtered(rows, { ...NO_FILTER, owner: NOBODY }))).toBe('cd');
    expect(ids(filtered(rows, { ...NO_FILTER, due: 'overdue' }))).toBe('c');
    expect(ids(filtered(rows, { ...NO_FILTER, due: 'none' }))).toBe('d');
    expect(ids(filtered(rows, { ...NO_FILTER, ticket: 'none' }))).toBe('ac');
  });

  it('offers the owners and incidents there are', () => {
    expect(owners(rows)).toEqual(['Ana', 'Bo', NOBODY]);
    expect(incidents(rows)).toEqual([['i', 'Sign-in']]);
  });
});

describe('the board', () => {
  // A Wednesday.
  const today = new Date(2026, 10, 25, 12);

  it('has a column for each status, and one for each owner with nobody last', () => {
    expect(columns(rows, 'status', today).map(({ key, rows }) => key + ids(rows))).toEqual([
      'openad',
      'doingc',
      'doneb',
      'dropped',
    ]);
    expect(columns(rows, 'owner', today).map(({ name, takes }) => [name, takes?.owner])).toEqual([
      ['Ana', 'Ana'],
      ['Bo', 'Bo'],
      ['nobody', ''],
    ]);
  });

  it('divides by weeks, and moves to their Fridays', () => {
    const by = (due: string) =>
      columns([row('x', { due, deadline: 'later' })], 'due', today).find(({ rows }) => rows.length)?.key;
    expect([
      by('2026-11-25'),
      by('2026-11-29'),
      by('2026-11-30'),
      by('2026-12-06'),
      by('2026-12-07'),
    ]).toEqual(['week', 'week', 'next', 'next', 'later']);
    expect(columns(rows, 'due', today).map(({ key, takes }) => [key, takes?.due])).toEqual([
      ['overdue', undefined],
      ['week', '2026-11-27'],
      ['next', '2026-12-04'],
      ['later', '2026-12-25'],
      ['none', ''],
    ]);
    const sunday = columns(rows, 'due', new Date(2026, 10, 29, 12));
    expect(sunday.find(({ key }) => key === 'week')?.takes?.due).toBe('2026-12-04');
  });
});

describe('words', () => {
  it('reads days without a zone and refuses those that are none', () => {
    expect(dayWords('2026-12-05', 2026)).toBe('Sat 5 Dec');
    expect(dayWords('2027-01-01', 2026)).toBe('Fri 1 Jan 2027');
    expect(dayOf('2026-02-30')).toBeNull();
    expect(dayText(dayOf('2026-12-05') as Date)).toBe('2026-12-05');
    expect([effortWords(45), effortWords(120), effortWords(4890)]).toEqual(['45 min', '2 h', '81 h 30 min']);
  });
});
