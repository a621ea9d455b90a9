import { describe, expect, it } from 'vitest';
import type { ActRow } from '~/ipc/client';
import { pressing, stuck } from './acts';

const act = (id: string, state: string, more: Partial<ActRow> = {}): ActRow => ({
  id,
  destination: 'ops',
  object: 'inc',
  act: 'post_update',
  state,
  attempts: 1,
  reason: null,
  created: `2026-11-22T04:00:0${id}Z`,
  due: null,
  receipt: null,
  url: null,
  note: null,
  text: 'text',
  ...more,
});

describe('acts', () => {
  it('wait for the person only when nothing else can move them', () => {
    expect(stuck(act('1', 'rejected', { reason: 'not on the screen' }))).toBe(true);
    expect(stuck(act('1', 'rejected', { reason: 'dropped by hand' }))).toBe(false);
    expect(stuck(act('1', 'unknown'))).toBe(true);
    expect(stuck(act('1', 'unknown', { due: '2026-11-22T04:01:00Z' }))).toBe(false);
    expect(stuck(act('1', 'queued'))).toBe(false);
  });

  it('come with what needs the person first', () => {
    const order = pressing([act('1', 'done'), act('2', 'unknown'), act('3', 'queued'), act('4', 'done')]);
    expect(order.map(({ id }) => id)).toEqual(['2', '3', '4', '1']);
  });
});
