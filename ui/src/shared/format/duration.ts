/** Durations as `2 h 14 min`: two units at most, because a third is noise at three in the morning. */
import { NONE } from './number';

const DAY = 86_400;
const HOUR = 3_600;

/** Seconds in words. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NONE;
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(s / HOUR);
  if (s < 14 * DAY) return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
  return `${Math.round(s / DAY)} d`;
}

/** An age, which ticks by the second only while it is young. */
export function age(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return 'never';
  return duration(seconds < 60 ? Math.floor(Math.max(0, seconds)) : seconds);
}

/** A running clock as `0:42:07`. */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  return `${Math.floor(s / HOUR)}:${two(Math.floor((s % HOUR) / 60))}:${two(s % 60)}`;
}

/** A window or look-back such as `30d` or `5m` in words. */
export function span(text: string): string {
  const match = /^(\d+)(s|m|h|d|w)$/.exec(text);
  if (!match) return text;
  const unit = { s: 's', m: 'min', h: 'h', d: 'd', w: 'weeks' }[match[2] as 's' | 'm' | 'h' | 'd' | 'w'];
  return `${match[1]} ${unit}`;
}

/** Seconds of a span such as `30d`; calendar words count as thirty days. */
export function spanSeconds(text: string): number {
  const match = /^(\d+)(s|m|h|d|w)$/.exec(text);
  if (!match) return 30 * DAY;
  const unit = { s: 1, m: 60, h: HOUR, d: DAY, w: 7 * DAY }[match[2] as 's' | 'm' | 'h' | 'd' | 'w'];
  return Number(match[1]) * unit;
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** Hours of work add up to hours, never to days: `81 h 20 min`. */
export function hoursText(minutes: number): string {
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  if (h === 0) return `${m} min`;
  return m === 0 ? `${h} h` : `${h} h ${m} min`;
}
