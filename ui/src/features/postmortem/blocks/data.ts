/**
 * What a live block shows, read from the JSON text of the core or of a published document. A document may come from
 * anybody, so every field is looked at before it is drawn; what does not fit is left out.
 */
import type { Plot } from '~/shared/charts/series';
import { objective, percent } from '~/shared/format/number';

type Row = Record<string, unknown>;

/** The rows of a block, or the lines of an arithmetic; none where the text is not one of ours. */
export function rowsOf(text: string): Row[] {
  const shown = read(text);
  const rows = shown.rows ?? shown.lines;
  return Array.isArray(rows) ? rows.filter((row): row is Row => typeof row === 'object' && row !== null) : [];
}

export function textIn(row: Row, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value : '';
}

export function numberIn(row: Row, name: string): number | null {
  const value = row[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export interface Mark {
  at: number;
  text: string;
}

const MOST_POINTS = 20_000;
const MOST_MARKS = 100;

/** Name of the SLO a chart or an arithmetic is about. */
export function titleOf(text: string): string {
  const shown = read(text);
  return textIn(shown, 'title') || textIn(shown, 'slo');
}

/** The line of a chart; null where there is nothing to draw. */
export function plotOf(text: string, kind: 'budget' | 'indicator'): Plot | null {
  const shown = read(text);
  const [t, values] = [shown.t, shown.y];
  if (!Array.isArray(t) || !Array.isArray(values) || t.length !== values.length) return null;
  if (t.length === 0 || t.length > MOST_POINTS) return null;
  const whole = (list: unknown[], none: boolean) =>
    list.every((one) => Number.isFinite(one) || (none && one === null));
  if (!whole(t, false) || !whole(values, true)) return null;
  const line = values as (number | null)[];
  const known = line.filter((value) => value !== null);
  const aim = kind === 'indicator' ? numberIn(shown, 'objective') : 0;
  const [low, high] = [Math.min(...known, aim ?? 1), Math.max(...known, aim ?? 0)];
  const room = Math.max(high - low, 0.0005) * 0.08;
  const last = known.at(-1) ?? null;
  const [name, digits] = kind === 'budget' ? ['Budget left', 1] : ['Indicator', 2];
  return {
    title: name,
    summary: `${name}: from ${percent(known[0] ?? null, digits)} to ${percent(last, digits)}, lowest ${percent(known.length ? Math.min(...known) : null, digits)}.`,
    t: t as number[],
    values: line,
    level:
      aim === null
        ? null
        : { at: aim, says: kind === 'budget' ? 'nothing left' : `objective ${objective(aim)}` },
    bands: [],
    show: (value) => percent(value, digits),
    min: low - room,
    max: Math.min(1, high + room) + (kind === 'budget' ? 0.005 : 0),
    tone: kind,
  };
}

/** What happened along a chart. */
export function marksOf(text: string): Mark[] {
  const { marks } = read(text);
  if (!Array.isArray(marks)) return [];
  return marks.slice(0, MOST_MARKS).flatMap((mark: Row) => {
    const at = mark && numberIn(mark, 'at');
    return at === null ? [] : [{ at, text: textIn(mark, 'text') }];
  });
}

function read(text: string): Row {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Row) : {};
  } catch {
    return {};
  }
}
