import { render } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import BudgetBar from './BudgetBar.svelte';
import { parts, sentence, ZERO, type BudgetFigures } from './budget';

const figures: BudgetFigures = {
  remaining: 0.34,
  next_loss: 0.1,
  bad: 1_204,
  total: 1_810_422,
  allowed: 1_810,
  window: '30d',
  estimated: false,
};

describe('the budget bar', () => {
  it('is as long as what is left, whatever part of it is going', () => {
    const shape = parts(0.34, 0.1);
    const width = (shape.solid?.[1] ?? 0) + (shape.hatched?.[1] ?? 0);
    expect(width).toBeCloseTo(0.34 * (1 - ZERO) * 100);
    expect(shape.overdrawn).toBeNull();
  });
  it('is all hatched when the burn takes everything', () => {
    expect(parts(0.2, 0.9)).toMatchObject({ solid: null, clipped: false });
    expect(parts(0.2, 0.9).hatched?.[1]).toBeCloseTo(0.2 * (1 - ZERO) * 100);
  });
  it('grows leftward past zero when overdrawn, and ends at the edge', () => {
    const little = parts(-0.05, null);
    expect((little.overdrawn?.[0] ?? 0) + (little.overdrawn?.[1] ?? 0)).toBeCloseTo(ZERO * 100);
    expect(little.clipped).toBe(false);
    expect(parts(-9, 3)).toMatchObject({ solid: null, hatched: null, clipped: true });
    expect(parts(-9, 3).overdrawn?.[0]).toBe(0);
  });
  it('shows nothing where nothing is known', () => {
    expect(parts(null, null)).toEqual({ solid: null, hatched: null, overdrawn: null, clipped: false });
    expect(parts(NaN, 1).solid).toBeNull();
  });
  it('never leaves its box', () => {
    for (const remaining of [-5, -0.2, 0, 0.001, 0.5, 1, 1.4]) {
      for (const loss of [null, 0, 0.3, 4]) {
        for (const part of Object.values(parts(remaining, loss))) {
          if (!Array.isArray(part)) continue;
          expect(part[0]).toBeGreaterThanOrEqual(0);
          expect(part[1]).toBeGreaterThanOrEqual(0);
          expect(part[0] + part[1]).toBeLessThanOrEqual(100.0001);
        }
      }
    }
  });
  it('opens to its arithmetic', () => {
    const thin = '\u2009';
    expect(sentence(figures)).toContain(
      `1${thin}204 bad of 1${thin}810${thin}422 in 30 d; allowed 1${thin}810; 66${thin}% spent`,
    );
    expect(sentence({ ...figures, bad: null, total: null })).toBe('Nothing counted yet in 30 d.');
    expect(sentence({ ...figures, estimated: true })).toContain('estimates');
    const { getByRole } = render(BudgetBar, { figures, state: 'burning', large: true });
    expect(getByRole('button').getAttribute('aria-label')).toContain('spent');
  });
});
