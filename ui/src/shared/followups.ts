/** The words of follow-ups, as more than one feature shows them. */
import type { FollowUpForm } from '~/ipc/client';

export const STATUSES = [
  ['open', 'open'],
  ['doing', 'doing'],
  ['done', 'done'],
  ['dropped', 'dropped'],
] as const;
export const KINDS = [
  ['prevent', 'prevent'],
  ['detect', 'detect'],
  ['mitigate', 'mitigate'],
  ['investigate', 'investigate'],
] as const;
export const PRIORITIES = [
  ['highest', 'highest'],
  ['high', 'high'],
  ['medium', 'medium'],
  ['low', 'low'],
  ['lowest', 'lowest'],
] as const;
export const REQUIRED = [
  ['', 'not required'],
  ['resolved', 'before resolved'],
  ['reviewed', 'before reviewed'],
] as const;

const NOTHING: FollowUpForm = {
  title: null,
  text: null,
  kind: null,
  priority: null,
  owner: null,
  due: null,
  effort: null,
  labels: null,
  add_labels: null,
  remove_labels: null,
  status: null,
  incident: null,
  entry: null,
  passage: null,
  slo: null,
  journey: null,
  required: null,
  hypothesis: null,
};

/** A form that changes what is named and leaves the rest as it is. */
export function patch(of: Partial<FollowUpForm>): FollowUpForm {
  return { ...NOTHING, ...of };
}

export function isOpen(row: { status: string }): boolean {
  return row.status === 'open' || row.status === 'doing';
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Fri 4 Dec`, with the year where it is another than this one. */
export function dayWords(due: string | null, thisYear = new Date().getFullYear()): string {
  const date = dayOf(due);
  if (!date) return due ?? '';
  const year = date.getFullYear() === thisYear ? '' : ` ${date.getFullYear()}`;
  return `${DAYS[date.getDay()]} ${date.getDate()} ${MONTHS[date.getMonth()]}${year}`;
}

/** Noon of a day written as `2026-12-04`, local: no zone can move it to another day. */
export function dayOf(due: string | null): Date | null {
  const read = /^(\d{4})-(\d{2})-(\d{2})$/.exec(due ?? '');
  if (!read) return null;
  const date = new Date(Number(read[1]), Number(read[2]) - 1, Number(read[3]), 12);
  return date.getDate() === Number(read[3]) ? date : null;
}

/** A day as `2026-12-04`. */
export function dayText(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Minutes of work as `1 h 30 min`; hours never become days. */
export function effortWords(minutes: number | null): string {
  if (minutes === null) return '';
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  if (h === 0) return `${m} min`;
  return m === 0 ? `${h} h` : `${h} h ${m} min`;
}
