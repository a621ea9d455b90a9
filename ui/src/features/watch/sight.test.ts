import { describe, expect, it } from 'vitest';
import type { SloCharts } from '~/ipc/client';
import { burnDown } from '~/shared/charts/series';
import { sight, sightSums } from './sight';

const charts = (more: Partial<SloCharts>): SloCharts => ({
  t: [600, 1200, 1800, 2400],
  remaining: [0.9, 0.9, 0.5, 0.25],
  spent: [1, 1, 5, 7.5],
  sli: [1, 1, 1, 1],
  low: [1, 1, 1, 1],
  total: [9, 9, 9, 9],
  bad: [1, 0, 4, 2.5],
  unobserved: [0, 0, 0, 0],
  empty: [0, 0, 0, 0],
  excluded: [0, 0, 0, 0],
  allowed: 10,
  objective: 0.9,
  step_s: 600,
  window_from: 0,
  period_to: null,
  projected: null,
  exclusions: [],
  incidents: [],
  turns: [],
  deeds: [],
  ...more,
});

describe('what was seen', () => {
  it('keeps empty, unobserved and excluded minutes apart, and joins steps of one kind', () => {
    const seen = charts({
      unobserved: [0, 3, 2, 0],
      empty: [10, 7, 0, 0],
      excluded: [0, 0, 0, 4],
      exclusions: [{ id: 'x', text: 'maintenance', from: 1900, to: 2200 }],
    });
    expect(sight(seen)).toEqual([
      { kind: 'empty', from: 0, to: 600, minutes: 10, reason: '' },
      { kind: 'unobserved', from: 600, to: 1800, minutes: 5, reason: '' },
      { kind: 'excluded', from: 1800, to: 2400, minutes: 4, reason: 'maintenance' },
    ]);
    expect(sightSums(seen)).toEqual([
      { kind: 'excluded', minutes: 4 },
      { kind: 'unobserved', minutes: 5 },
      { kind: 'empty', minutes: 17 },
    ]);
    expect(sight(charts({}))).toEqual([]);
  });
});

describe('the burn-down', () => {
  it('starts full where the window starts, and ends at the last figure', () => {
    const plot = burnDown(charts({}));
    expect([plot.t[0], plot.values[0]]).toEqual([0, 1]);
    expect(plot.values.at(-1)).toBe(0.25);
    expect(plot.arithmetic?.(4)).toBe('25\u2009% left = 1 − 7.5 / 10; 2.5 bad of 9 in 10 min');
  });
  it('does not pretend to start full when only its end is shown', () => {
    expect(burnDown(charts({ window_from: -9_000 })).values[0]).toBe(0.9);
  });
  it('goes on dashed to the end of a calendar period', () => {
    expect(burnDown(charts({ period_to: 9_000, projected: -0.2 })).projected).toEqual({
      t: 9_000,
      value: -0.2,
    });
  });
});
