import { afterEach, describe, expect, it } from 'vitest';
import { dialogs } from './dialogs.svelte';
import { at, follow, here, startRoutes } from './routes.svelte';

const stop = startRoutes();
const turned = () => new Promise((done) => setTimeout(done, 5));
afterEach(() => (dialogs.declare = null));

describe('addresses', () => {
  it('keep any id whole', () => {
    expect(at('watch', 'a/b?c#d')).toBe('#/watch/a%2Fb%3Fc%23d');
  });
  it('follow the core', async () => {
    follow('/incident/inc-7');
    await turned();
    expect(here.route).toEqual({ page: 'incident', rest: ['inc-7'] });
    follow('/nowhere/at-all');
    await turned();
    expect(here.route.page).toBe('incident');
  });
  it('declare over the page where the person is', async () => {
    follow('/settings');
    await turned();
    follow('/declare/slo-1');
    expect(dialogs.declare).toEqual({ sloIds: ['slo-1'], title: '' });
    expect(here.route.page).toBe('settings');
  });
  it('read nonsense as Watch', async () => {
    window.location.hash = '#/%E0%A4%A/x';
    await turned();
    expect(here.route.page).toBe('watch');
    stop();
  });
});
