/** What the ledger says, in figures and words that the table and its dialog share. */
import type { LedgerRow } from '~/ipc/client';

/** Which SLO is spoken of. */
export interface About {
  id: string;
  name: string;
  title: string;
  journey: string;
  environment: string;
}

/** A part of the window that wants an explanation; unix seconds. */
export interface Stretch {
  from: number;
  to: number;
  /** Bad events in it, where they were counted. */
  bad: number | null;
}

/** An episode: something happened there, and somebody can say what. */
export function explainable(row: LedgerRow): boolean {
  return row.kind === 'unexplained';
}

/** Share of the bad events that nobody explained. */
export function unexplained(rows: LedgerRow[]): number {
  const sum = (some: LedgerRow[]) => some.reduce((total, row) => total + row.bad, 0);
  const all = sum(rows);
  return all > 0 ? sum(rows.filter((row) => row.kind !== 'incident')) / all : 0;
}
