/**
 * The geometry and the words of a budget bar. One scale for both sides of zero, so that lengths can be compared; what
 * is overdrawn beyond the left edge is cut there and said in figures.
 */
import { count, percent } from '~/shared/format/number';
import { span } from '~/shared/format/duration';

/** Where zero stands, as a share of the bar's width: the same in every row, so that bars can be compared. */
export const ZERO = 0.16;

export interface BudgetFigures {
  remaining: number | null;
  next_loss: number | null;
  bad: number | null;
  total: number | null;
  allowed: number | null;
  window: string;
  estimated: boolean;
}

export interface Parts {
  /** Each as left edge and width, in percent of the bar. */
  solid: [number, number] | null;
  hatched: [number, number] | null;
  overdrawn: [number, number] | null;
  /** Overdrawn further than the bar can show. */
  clipped: boolean;
}

export function parts(remaining: number | null, nextLoss: number | null, zero = ZERO): Parts {
  const x = (share: number) => (zero + share * (1 - zero)) * 100;
  const none: Parts = { solid: null, hatched: null, overdrawn: null, clipped: false };
  if (remaining === null || !Number.isFinite(remaining)) return none;
  const left = Math.min(1, remaining);
  if (left <= 0) {
    const from = Math.max(x(left), 0);
    return { ...none, overdrawn: [from, x(0) - from], clipped: x(left) < 0 };
  }
  const loss = Math.min(left, Math.max(0, nextLoss ?? 0));
  return {
    ...none,
    solid: loss < left ? [x(0), x(left - loss) - x(0)] : null,
    hatched: loss > 0.002 ? [x(left - loss), x(left) - x(left - loss)] : null,
  };
}

/** The sentence behind the bar: `1 204 bad of 1 810 422 in 30 d; allowed 1 810; 66 % spent`. */
export function sentence(of: BudgetFigures): string {
  if (of.total === null || of.bad === null) return `Nothing counted yet in ${span(of.window)}.`;
  const spent = of.remaining === null ? '' : `; ${percent(1 - of.remaining)} spent`;
  const next =
    of.next_loss !== null && of.next_loss > 0.002 && (of.remaining ?? 0) > 0
      ? `; the present burn takes ${percent(of.next_loss)} more within its next long window`
      : '';
  const estimate = of.estimated ? '; the counts are estimates' : '';
  return `${count(of.bad)} bad of ${count(of.total)} in ${span(of.window)}; allowed ${count(of.allowed)}${spent}${next}${estimate}`;
}
