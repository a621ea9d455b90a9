// Pictures of every page in both schemes and two widths: node e2e/shots.mjs FOLDER [part of a name]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open, settled, withBrowser } from './browser.mjs';

const folder = process.argv[2] ?? 'shots';
const only = process.argv[3] ?? '';
mkdirSync(folder, { recursive: true });

const SLO = '/watch/slo-settings-first-load-production';
const PAGES = [
  ['watch', { route: '/watch' }],
  ['detail', { route: SLO }],
  ['detail-blind', { route: '/watch/slo-identity-provider-production' }],
  ['detail-exhausted', { route: '/watch/slo-save-settings-production' }],
  ['journey', { route: '/watch/journey/Customer%20settings%7Cproduction' }],
  ['services', { route: '/watch/services' }],
  ['elsewhere', { route: '/watch/alerts' }],
  ['storm', { fake: 'storm', route: SLO }],
  ['incident', { route: '/incident' }],
  ['evidence', { route: '/incident', press: 'v' }],
  ['declare', { route: '/declare/slo-settings-first-load-production' }],
  ['slos', { route: '/slos' }],
  ['slos-empty', { fake: 'empty', route: '/slos' }],
  ['slos-new', { route: '/slos/new' }],
  ['slos-edit', { route: '/slos/edit/slo-settings-first-load-production' }],
  ['sources', { route: '/connections' }],
  ['connect', { route: '/connections/prometheus' }],
  ['connect-alertmanager', { route: '/connections/prometheus', choose: 'alertmanager' }],
  ['datadog', { route: '/connections/datadog' }],
  ['suggest', { route: '/connections/suggest/prometheus-main' }],
  ['probe', { route: '/connections/probe' }],
  ['import', { route: '/connections/import' }],
  ['folder', { route: '/connections/folder' }],
  ['follow-ups', { route: '/follow-ups' }],
  ['follow-ups-board', { route: '/follow-ups', press: 'b' }],
  ['follow-up', { route: '/follow-ups/follow-1' }],
  ['follow-up-conflict', { route: '/follow-ups/follow-2' }],
  ['follow-up-refused', { route: '/follow-ups/follow-3' }],
  ['follow-up-doubt', { route: '/follow-ups/follow-5' }],
  ['tracker-add', { route: '/connections/tracker' }],
  ['outbox', { route: '/outbox' }],
  ['outbox-add', { route: '/outbox/add' }],
  ['update', { route: '/incident', press: 'u' }],
  ['inbox', { route: '/inbox' }],
  ['oncall', { route: '/oncall' }],
  ['oncall-add', { route: '/oncall/add' }],
  ['empty-oncall', { fake: 'empty', route: '/oncall' }],
  ['hostile-oncall', { fake: 'hostile', route: '/oncall' }],
  ['settings', { route: '/settings' }],
  ['doctor', { route: '/doctor' }],
  ['first-start', { fake: 'empty', route: '/watch' }],
  ['first-connect', { fake: 'empty', route: '/watch/prometheus' }],
  ['empty-incident', { fake: 'empty', route: '/incident' }],
  ['empty-sources', { fake: 'empty', route: '/connections' }],
  ['empty-outbox', { fake: 'empty', route: '/outbox' }],
  ['hostile-outbox', { fake: 'hostile', route: '/outbox' }],
  ['empty-inbox', { fake: 'empty', route: '/inbox' }],
  ['thousand', { fake: '1000', route: '/watch' }],
  ['hostile', { fake: 'hostile', route: '/watch/nasty-0' }],
  ['hostile-incident', { fake: 'hostile', route: '/incident' }],
  ['error', { fake: 'error', route: '/watch' }],
  ['palette', { route: '/watch', press: 'Control+k' }],
  ['help', { route: SLO, press: '?' }],
];

await withBrowser(async (world) => {
  for (const [name, { press, choose, ...at }] of PAGES) {
    if (!name.includes(only)) continue;
    for (const scheme of ['light', 'dark']) {
      for (const width of [900, 1600]) {
        const { page, close } = await open(world, {
          ...at,
          scheme,
          width,
          height: width === 900 ? 700 : 900,
        });
        await settled(page);
        if (choose) await page.check(`[value='${choose}']`);
        if (press) {
          await page.keyboard.press(press);
          await page.waitForTimeout(250);
        }
        await page.screenshot({ path: join(folder, `${name}-${scheme}-${width}.png`) });
        await close();
      }
    }
  }
});
