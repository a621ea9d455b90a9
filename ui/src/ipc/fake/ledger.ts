/** A made-up ledger whose rows add up, and which follows what is laid to incidents. */
import type { ExclusionRow, IncidentView, LedgerRow, LedgerView, SloRow } from '../client';
import { NASTY, NOW, type Mode } from './world';

const iso = (at: number) => new Date(at * 1000).toISOString();

/** Stretches that somebody laid to an incident, by SLO. */
export interface Laid {
  slo: string;
  incident: string;
  from: number;
  to: number;
}

export function ledgerOf(
  row: SloRow,
  incidents: IncidentView[],
  laid: Laid[],
  exclusions: ExclusionRow[],
  mode: Mode,
): LedgerView {
  const bad = row.bad ?? 0;
  const share = (n: number) => (row.allowed ? n / row.allowed : null);
  const stretches = [
    { from: NOW - 2_800, to: NOW - 120, part: 0.46 },
    { from: NOW - 260_040, to: NOW - 255_900, part: 0.17 },
    { from: NOW - 1_037_400, to: NOW - 1_034_100, part: 0.11 },
  ].map((one) => ({ ...one, bad: Math.round(bad * one.part) }));
  const rest = bad - stretches.reduce((sum, one) => sum + one.bad, 0);
  const rows: LedgerRow[] = stretches.map((one, i) => {
    const by =
      laid.find((l) => l.slo === row.id && l.from < one.to && one.from < l.to)?.incident ??
      (i === 0 ? incidents.find((incident) => incident.slos.includes(row.name))?.id : undefined);
    const incident = incidents.find((other) => other.id === by);
    return {
      kind: incident ? 'incident' : 'unexplained',
      title: incident?.title ?? (mode === 'hostile' ? (NASTY[0] ?? '') : 'burning'),
      incident: incident?.id ?? null,
      from: iso(one.from),
      to: iso(one.to),
      bad: one.bad,
      total: Math.round(one.bad * 6.2),
      share: share(one.bad),
      estimated: i === 2,
    };
  });
  const scattered: LedgerRow = {
    kind: 'scattered',
    title: 'background: slower than the budget allows',
    incident: null,
    from: iso(NOW - 30 * 86_400),
    to: iso(NOW),
    bad: rest,
    total: row.total ?? 0,
    share: share(rest),
    estimated: false,
  };
  return {
    name: row.name,
    at: iso(row.data_at ?? NOW),
    window_start: iso(NOW - 30 * 86_400),
    window_end: iso(NOW),
    bad: row.bad,
    total: row.total,
    allowed: row.allowed,
    excluded: exclusions
      .filter((one) => one.slos.includes(row.name) && one.undone_by === null)
      .map((one) => ({
        exclusion: one.id,
        reason: one.reason,
        by: one.by,
        from: one.from,
        to: one.to,
        bad: 412,
        total: 9_120,
      })),
    rows: row.bad === null ? [] : [...rows, scattered].sort((a, b) => b.bad - a.bad),
  };
}

/** Maintenance of a week ago. */
export function pastExclusion(): ExclusionRow {
  return {
    id: 'exclusion-0',
    journey: 'Customer settings',
    environment: 'production',
    slos: ['settings-first-load-production', 'save-settings-production'],
    from: iso(NOW - 640_000),
    to: iso(NOW - 632_000),
    reason: 'Planned move of the database to another zone',
    by: 'you',
    at: iso(NOW - 650_000),
    undone_by: null,
    undone_at: null,
  };
}
