/** The Watch list as plain values: filtering and grouping, free of any component. */
import type { JourneyRow, SloRow } from '~/ipc/client';
import { spoken } from '~/shared/format/text';

export interface Filter {
  text: string;
  environment: string;
  service: string;
  state: string;
  source: string;
}

export const NO_FILTER: Filter = { text: '', environment: '', service: '', state: '', source: '' };

export type Line =
  { kind: 'journey'; key: string; journey: JourneyRow } | { kind: 'slo'; key: string; slo: SloRow };

export function filtered(rows: SloRow[], filter: Filter): SloRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(
    (row) =>
      (!filter.environment || row.environment === filter.environment) &&
      (!filter.service || row.service === filter.service) &&
      (!filter.state || row.state === filter.state) &&
      (!filter.source || row.source === filter.source) &&
      words.every((word) => searched(row).includes(word)),
  );
}

/** Lines of the list: plain, or under their journeys in the order the core gives both. */
export function lines(rows: SloRow[], journeys: JourneyRow[], grouped: boolean): Line[] {
  const plain = (row: SloRow): Line => ({ kind: 'slo', key: row.id, slo: row });
  if (!grouped) return rows.map(plain);
  const members = new Map<string, SloRow[]>();
  for (const row of rows) {
    const key = groupOf(row);
    const group = members.get(key);
    if (group) group.push(row);
    else members.set(key, [row]);
  }
  const out: Line[] = [];
  for (const journey of journeys) {
    const group = members.get(groupOf(journey));
    if (!group) continue;
    members.delete(groupOf(journey));
    out.push({ kind: 'journey', key: `journey ${journey.key}`, journey }, ...group.map(plain));
  }
  for (const group of members.values()) out.push(...group.map(plain));
  return out;
}

/** The distinct values of one column, for its filter. */
export function values(rows: SloRow[], column: 'environment' | 'service' | 'source'): string[] {
  return [...new Set(rows.map((row) => row[column]))].sort();
}

export function isFiltering(filter: Filter): boolean {
  return Object.values(filter).some(Boolean);
}

/** An SLO names its journey as it is defined, the journey itself as it is spoken. */
export function groupOf(of: { journey: string; environment: string }): string {
  return JSON.stringify([spoken(of.journey), of.environment]);
}

function searched(row: SloRow): string {
  return [row.title, row.name, row.journey, spoken(row.journey), row.service, row.environment, row.state]
    .map((text) => text.slice(0, 300))
    .join(' ')
    .toLowerCase();
}
