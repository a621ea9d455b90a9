/** Follow-ups as plain values: filtering, ordering, and the columns of the board, free of any component. */
import type { FollowUpForm, FollowUpRow } from '~/ipc/client';
import { dayOf, dayText, isOpen, KINDS, PRIORITIES, STATUSES } from '~/shared/followups';

export interface Filter {
  text: string;
  /** A status, `unsettled` for open and doing, or empty for any. */
  status: string;
  owner: string;
  kind: string;
  /** How the due date stands, `none` for none. */
  due: string;
  incident: string;
  ticket: string;
}

export const NO_FILTER: Filter = {
  text: '',
  status: 'unsettled',
  owner: '',
  kind: '',
  due: '',
  incident: '',
  ticket: '',
};

/** Stands for nobody among the owners. */
export const NOBODY = '\u0000nobody';

export function filtered(rows: FollowUpRow[], filter: Filter): FollowUpRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(
    (row) =>
      (filter.status === '' ||
        (filter.status === 'unsettled' ? isOpen(row) : row.status === filter.status)) &&
      (filter.owner === '' || row.owner === (filter.owner === NOBODY ? '' : filter.owner)) &&
      (filter.kind === '' || row.kind === filter.kind) &&
      (filter.due === '' || (filter.due === 'none' ? row.due === null : row.deadline === filter.due)) &&
      (filter.incident === '' || row.incident === filter.incident) &&
      (filter.ticket === '' ||
        (filter.ticket === 'none' ? row.ticket === null : row.ticket?.state === filter.ticket)) &&
      words.every((word) => searched(row).includes(word)),
  );
}

export function isFiltering(filter: Filter): boolean {
  return (Object.keys(NO_FILTER) as (keyof Filter)[]).some((key) => filter[key] !== NO_FILTER[key]);
}

/** The owners there are, nobody last. */
export function owners(rows: FollowUpRow[]): string[] {
  const all = new Set(rows.map(({ owner }) => owner));
  const named = [...all].filter(Boolean).sort((a, b) => a.localeCompare(b));
  return all.has('') ? [...named, NOBODY] : named;
}

/** The incidents there are, by id, with their titles. */
export function incidents(rows: FollowUpRow[]): [string, string][] {
  const found = new Map<string, string>();
  for (const { incident, incident_title } of rows)
    if (incident !== null) found.set(incident, incident_title ?? incident);
  return [...found].sort((a, b) => a[1].localeCompare(b[1]));
}

export const GROUPINGS = ['status', 'owner', 'due', 'kind', 'priority'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface Column {
  key: string;
  name: string;
  rows: FollowUpRow[];
  /** What a follow-up becomes that is moved here; none where nothing can be moved. */
  takes: Partial<FollowUpForm> | null;
}

/** The columns of the board. `today` decides what this week is. */
export function columns(rows: FollowUpRow[], by: Grouping, today: Date): Column[] {
  const column = (key: string, name: string, takes: Column['takes']): Column => ({
    key,
    name,
    rows: rows.filter((row) => columnOf(row, by, today) === key),
    takes,
  });
  switch (by) {
    case 'status':
      return STATUSES.map(([status, name]) => column(status, name, { status }));
    case 'kind':
      return KINDS.map(([kind, name]) => column(kind, name, { kind }));
    case 'priority':
      return PRIORITIES.map(([priority, name]) => column(priority, name, { priority }));
    case 'owner':
      return owners(rows).map((owner) =>
        owner === NOBODY ? column('', 'nobody', { owner: '' }) : column(owner, owner, { owner }),
      );
    case 'due': {
      const friday = (weeks: number) => ({ due: dayText(fridayOf(today, weeks)) });
      return [
        column('overdue', 'overdue', null),
        column('week', 'this week', friday(0)),
        column('next', 'next week', friday(1)),
        column('later', 'later', friday(4)),
        column('none', 'no due date', { due: '' }),
      ];
    }
  }
}

function columnOf(row: FollowUpRow, by: Grouping, today: Date): string {
  if (by !== 'due') return row[by];
  const due = dayOf(row.due);
  if (due === null) return 'none';
  if (row.deadline === 'overdue') return 'overdue';
  const weeks = Math.floor(
    (startOfWeek(due).getTime() - startOfWeek(today).getTime()) / (7 * 86_400_000) + 0.5,
  );
  if (weeks <= 0) return 'week';
  return weeks === 1 ? 'next' : 'later';
}

/** The Friday some weeks from this one; on a weekend this week is the coming one. */
function fridayOf(today: Date, weeks: number): Date {
  const monday = startOfWeek(today);
  const over = today.getDay() === 0 || today.getDay() === 6 ? 1 : 0;
  return new Date(
    monday.getFullYear(),
    monday.getMonth(),
    monday.getDate() + 4 + 7 * (weeks + (weeks === 0 ? over : 0)),
    12,
  );
}

function startOfWeek(day: Date): Date {
  const back = (day.getDay() + 6) % 7;
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - back, 12);
}

function searched(row: FollowUpRow): string {
  return [
    row.title,
    row.owner,
    row.kind,
    row.incident_title,
    row.slo,
    row.journey,
    row.ticket?.key,
    ...row.labels,
  ]
    .map((text) => (text ?? '').slice(0, 300))
    .join(' ')
    .toLowerCase();
}
