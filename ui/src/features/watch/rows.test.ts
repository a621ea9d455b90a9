import { describe, expect, it } from 'vitest';
import { fakeCore } from '~/ipc/fake';
import { filtered, isFiltering, lines, NO_FILTER, values } from './rows';

const page = await fakeCore().client.watchPage();

describe('the Watch list', () => {
  it('filters by words in any order and by columns', () => {
    expect(filtered(page.slos, { ...NO_FILTER, text: 'staging first' }).map((row) => row.title)).toEqual([
      'Settings first load',
    ]);
    expect(filtered(page.slos, { ...NO_FILTER, state: 'blind' })).toHaveLength(2);
    expect(filtered(page.slos, { ...NO_FILTER, environment: 'staging', service: 'settings' })).toHaveLength(
      3,
    );
    expect(filtered(page.slos, NO_FILTER)).toHaveLength(page.slos.length);
    expect(isFiltering(NO_FILTER)).toBe(false);
  });
  it('groups without losing or repeating a row', () => {
    const grouped = lines(page.slos, page.journeys, true);
    const slos = grouped.filter((line) => line.kind === 'slo');
    expect(new Set(slos.map((line) => line.key)).size).toBe(page.slos.length);
    expect(grouped.filter((line) => line.kind === 'journey')).toHaveLength(page.journeys.length);
    expect(grouped[0]?.kind).toBe('journey');
  });
  it('finds the journey of an SLO under its spoken name', () => {
    const [slo, journey] = [page.slos[0]!, page.journeys[0]!];
    const rows = [{ ...slo, journey: 'customer-settings' }];
    const named = [{ ...journey, journey: 'Customer settings', environment: slo.environment }];
    expect(lines(rows, named, true).map((line) => line.kind)).toEqual(['journey', 'slo']);
  });
  it('still shows rows whose journey the core does not name', () => {
    expect(lines(page.slos, [], true)).toHaveLength(page.slos.length);
  });
  it('leaves the order of the core alone', () => {
    expect(lines(page.slos, page.journeys, false).map((line) => line.key)).toEqual(
      page.slos.map((row) => row.id),
    );
    expect(values(page.slos, 'environment')).toEqual(['production', 'staging']);
  });
});
