import { describe, expect, it } from 'vitest';
import { hrefOf, kindWord } from './hits';

describe('finds', () => {
  it('lead to what they are about', () => {
    expect(hrefOf({ kind: 'entry', id: 'e 1', incident: 'i/1' })).toBe('#/incident/i%2F1');
    expect(hrefOf({ kind: 'incident', id: 'i-1', incident: null })).toBe('#/incident/i-1');
    expect(hrefOf({ kind: 'followup', id: 'f-1', incident: 'i-1' })).toBe('#/follow-ups/f-1');
    expect(hrefOf({ kind: 'slo', id: 's-1', incident: null })).toBe('#/watch/s-1');
    expect(hrefOf({ kind: 'postmortem', id: 'i-1', incident: 'i-1' })).toBe('#/postmortem/i-1');
    expect([kindWord('entry'), kindWord('<b>')]).toEqual(['timeline', '<b>']);
  });
});
