import { describe, expect, it } from 'vitest';
import { ALL, authors, isAll, looked } from './filtering';

const entry = (id: string, kind: string, author: string, text: string, starred = false) => ({
  id,
  at: '2026-11-22T04:00:00Z',
  author,
  kind,
  text,
  before: null,
  struck: null,
  starred,
  picture: null,
});
const entries = [
  entry('1', 'declared', 'ana', 'declared SEV1: Settings'),
  entry('2', 'note', 'ben', 'Rolled the release back', true),
  entry('3', 'marked', 'ben', 'rollback: the release of 9:40'),
  entry('4', 'starred', 'ana', 'an entry was starred'),
];
const ids = (filter: Partial<typeof ALL>) => looked(entries, { ...ALL, ...filter }).map(({ id }) => id);

describe('looking at a part of the timeline', () => {
  it('shows everything but what is told at the entry itself', () => {
    expect(ids({})).toEqual(['1', '2', '3']);
    expect(isAll(ALL)).toBe(true);
  });

  it('goes by kind, person, star and words together', () => {
    expect(ids({ group: 'done' })).toEqual(['3']);
    expect(ids({ person: 'ben' })).toEqual(['2', '3']);
    expect(ids({ starred: true })).toEqual(['2']);
    expect(ids({ words: 'RELEASE back' })).toEqual(['2', '3']);
    expect(ids({ words: 'release', group: 'written' })).toEqual(['2']);
    expect(ids({ words: 'nothing of it' })).toEqual([]);
  });

  it('knows who wrote', () => {
    expect(authors(entries)).toEqual(['ana', 'ben']);
  });
});
