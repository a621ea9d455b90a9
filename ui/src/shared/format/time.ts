/**
 * Points in time: local, 24 hours, with UTC for the title. Built from Date's own fields rather than Intl, so that
 * no odd locale of the machine can throw, and the same minute reads the same on every desk.
 */
import { NONE } from './number';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Unix seconds of an RFC 3339 text; null when it is not one. */
export function unix(text: string | null | undefined): number | null {
  if (!text) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms / 1000;
}

/** `04:37`. */
export function timeOfDay(at: number | null | undefined, seconds = false): string {
  const date = dateOf(at);
  if (!date) return NONE;
  const hm = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return seconds ? `${hm}:${two(date.getSeconds())}` : hm;
}

/** `04:37` today, `Tue 04:37` within six days, `3 Nov 04:37` beyond. */
export function moment(at: number | null | undefined, now: number): string {
  const date = dateOf(at);
  const today = dateOf(now);
  if (!date || !today) return NONE;
  const time = timeOfDay(at);
  if (date.toDateString() === today.toDateString()) return time;
  if (Math.abs((at as number) - now) < 6 * 86_400) return `${DAYS[date.getDay()]} ${time}`;
  const year = date.getFullYear() === today.getFullYear() ? '' : ` ${date.getFullYear()}`;
  return `${date.getDate()} ${MONTHS[date.getMonth()]}${year} ${time}`;
}

/** `3 Nov`. */
export function day(at: number | null | undefined): string {
  const date = dateOf(at);
  return date ? `${date.getDate()} ${MONTHS[date.getMonth()]}` : NONE;
}

/** `2026-11-22 04:37`, local, as it is written into a field; `read` reads it. */
export function written(at: number | null | undefined): string {
  const date = dateOf(at);
  if (!date) return '';
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${timeOfDay(at)}`;
}

/** Unix seconds of what a person wrote: local as `2026-11-22 04:37`, or RFC 3339 with a zone. */
export function read(text: string): number | null {
  const local = /^(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{2})$/.exec(text.trim());
  if (!local) return /[zZ]|[+-]\d{2}:\d{2}$/.test(text) ? unix(text.trim()) : null;
  const [year, month, day, hours, minutes] = local.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(year, month - 1, day, hours, minutes);
  const same = date.getMonth() === month - 1 && date.getDate() === day && hours < 24 && minutes < 60;
  return same ? date.getTime() / 1000 : null;
}

/** `2026-11-22 03:37:00 UTC`, for titles. */
export function utc(at: number | null | undefined): string {
  const date = dateOf(at);
  return date ? `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC` : '';
}

/** `03:37Z`. */
export function utcTime(at: number | null | undefined): string {
  const date = dateOf(at);
  return date ? `${date.toISOString().slice(11, 16)}Z` : '';
}

/** `UTC+01:00`, as the clocks here stood at that time; `UTC` where they do not differ. */
export function zoneOf(at: number | null | undefined): string {
  const minutes = -(dateOf(at)?.getTimezoneOffset() ?? 0);
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function dateOf(at: number | null | undefined): Date | null {
  if (at === null || at === undefined || !Number.isFinite(at)) return null;
  const date = new Date(at * 1000);
  return Number.isNaN(date.getTime()) ? null : date;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
