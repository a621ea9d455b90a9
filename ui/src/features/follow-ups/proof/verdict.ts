/** Verdicts and values of proofs in the words and shapes of the window. */
import type { HypothesisPlace } from '~/ipc/client';
import type { State } from '~/shared/state';

/** A verdict has the shape of the state it is nearest to; an unknown one is never green. */
export const VERDICTS: Record<string, { state: State; word: string }> = {
  proven: { state: 'calm', word: 'proven' },
  not_proven: { state: 'burning', word: 'not proven' },
  not_enough_data: { state: 'blind', word: 'not enough data' },
};

export function verdictOf(word: string): { state: State; word: string } {
  return VERDICTS[word] ?? { state: 'blind', word };
}

/** A share as per cent, a time as ms or s, with three figures that count. */
export function valueWords(value: number | null, measure: string): string {
  if (value === null) return 'not known';
  const errors = measure === 'errors';
  const [number, unit] = errors ? [value * 100, '%'] : value < 1 ? [value * 1000, 'ms'] : [value, 's'];
  return `${Number(number.toPrecision(3))} ${unit}`;
}

export function timesWords(factor: number): string {
  return `${Number(factor.toPrecision(factor >= 100 ? 3 : 2 + Number(factor >= 10)))}×`;
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** An hour of the week from Monday 00:00 UTC: `Tue 14:00 UTC`. */
export function hourWords(hour: number): string {
  return `${DAYS[Math.floor(hour / 24)] ?? ''} ${String(hour % 24).padStart(2, '0')}:00 UTC`;
}

/** What to do next about a place, if anything. */
export function stepOf(place: HypothesisPlace, status: string): 'ship' | 'reopen' | null {
  if (place.shipped === null) return status === 'dropped' ? null : 'ship';
  return place.proof?.verdict === 'not_proven' && status === 'done' ? 'reopen' : null;
}

/** Where a factor lies on a bar from `low` to `high`, by its logarithm, in per cent. */
export function along(value: number, low: number, high: number): number {
  const [a, b] = [Math.log(low), Math.log(high)];
  if (!(b > a)) return 50;
  return Math.min(100, Math.max(0, ((Math.log(Math.max(value, 1e-9)) - a) / (b - a)) * 100));
}
