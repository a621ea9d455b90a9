/** The core answers an act with the end of a long timeline; the window knows the rest. */
import type { IncidentView } from '~/ipc/client';

/**
 * What is known with what came. Entries are only ever added, so where the first entry that came stands at its place in
 * what is known, everything before it is the same; unless one of them was corrected or struck since. Undefined where the
 * whole has to be asked for.
 */
export function joined(known: IncidentView | undefined, came: IncidentView): IncidentView | undefined {
  if (came.entries_before === 0) return came;
  const first = came.entries[0];
  const same =
    known?.entries_before === 0 &&
    known.id === came.id &&
    known.amended === came.amended &&
    first !== undefined &&
    known.entries[came.entries_before]?.id === first.id;
  if (!same) return undefined;
  const entries = [...known.entries.slice(0, came.entries_before), ...came.entries];
  return { ...came, entries, entries_before: 0 };
}
