import { describe, expect, it } from 'vitest';
import type { IncidentView } from '~/ipc/client';
import { joined } from './ending';

const view = (ids: string[], before = 0, amended = 0) =>
  ({
    id: 'i',
    amended,
    entries_before: before,
    entries: ids.map((id) => ({ id, text: `${id} of ${ids.length}` })),
  }) as unknown as IncidentView;

describe('the end of a timeline', () => {
  it('is put after what is known', () => {
    const both = joined(view(['a', 'b', 'c']), view(['c', 'd'], 2));
    expect(both?.entries.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    expect(both?.entries_before).toBe(0);
  });

  it('stands for itself where it is all there is', () => {
    expect(joined(undefined, view(['a']))?.entries).toHaveLength(1);
  });

  it('is not trusted where anything before it may have changed', () => {
    const known = view(['a', 'b', 'c']);
    expect(joined(undefined, view(['c'], 2))).toBeUndefined();
    // Another entry came in between.
    expect(joined(known, view(['c', 'd'], 3))).toBeUndefined();
    // One was struck.
    expect(joined(known, view(['c', 'd'], 2, 1))).toBeUndefined();
    // More came than the end holds.
    expect(joined(known, view(['e', 'f'], 4))).toBeUndefined();
  });
});
