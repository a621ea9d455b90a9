import { describe, expect, it } from 'vitest';
import type { HypothesisPlace } from '~/ipc/client';
import { along, hourWords, stepOf, timesWords, valueWords, verdictOf } from './verdict';

const place = (of: Partial<HypothesisPlace>): HypothesisPlace => ({
  environment: 'staging',
  shipped: null,
  next_look: null,
  proof: null,
  ...of,
});

describe('verdicts', () => {
  it('has a shape of its own for each, and none that is green for what is not understood', () => {
    expect(verdictOf('proven').state).toBe('calm');
    expect(verdictOf('not_proven').state).toBe('burning');
    expect(verdictOf('certainly').state).toBe('blind');
  });

  it('writes values with three figures that count', () => {
    expect(valueWords(0.0421, 'errors')).toBe('4.21 %');
    expect(valueWords(0.41837, 'p95')).toBe('418 ms');
    expect(valueWords(2.5, 'p95')).toBe('2.5 s');
    expect(valueWords(null, 'errors')).toBe('not known');
    expect([10.24, 1.86, 210.4].map(timesWords)).toEqual(['10.2×', '1.9×', '210×']);
  });

  it('names hours of the week', () => {
    expect(hourWords(0)).toBe('Mon 00:00 UTC');
    expect(hourWords(167)).toBe('Sun 23:00 UTC');
  });

  it('places factors by their logarithm', () => {
    expect(along(10, 1, 100)).toBeCloseTo(50);
    expect(along(1000, 1, 100)).toBe(100);
    expect(along(0, 1, 100)).toBe(0);
  });

  it('knows the next step', () => {
    expect(stepOf(place({}), 'doing')).toBe('ship');
    expect(stepOf(place({}), 'dropped')).toBeNull();
    expect(stepOf(place({ shipped: '2026-11-22T04:00:00Z' }), 'done')).toBeNull();
  });
});
