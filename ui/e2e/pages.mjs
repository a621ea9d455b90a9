// The pages that are checked and photographed in both schemes and several widths, each by a name.
import { settled } from './browser.mjs';

export const SLO = '/watch/slo-settings-first-load-production';
const PAPER = '/postmortem/inc-39';

const click = (name) => (page) => page.getByRole('button', { name, exact: true }).first().press('Enter');

/** `keys` are pressed one after another, then `then` is done, when the page has settled. */
export const PAGES = {
  watch: { route: '/watch' },
  detail: { route: SLO },
  'detail-blind': { route: '/watch/slo-identity-provider-production' },
  'detail-exhausted': { route: '/watch/slo-save-settings-production' },
  'detail-replay': { route: SLO, keys: ['b'], then: replayed },
  journey: { route: '/watch/journey/Customer%20settings%7Cproduction' },
  services: { route: '/watch/services' },
  elsewhere: { route: '/watch/alerts' },
  storm: { fake: 'storm', route: SLO },
  declare: { route: '/declare/slo-settings-first-load-production' },
  exclude: { route: SLO, keys: ['n'] },
  explain: { route: SLO, keys: ['l'] },

  incident: { route: '/incident' },
  'incident-resolved': { route: '/incident/inc-31' },
  'incident-update': { route: '/incident', keys: ['u'] },
  'incident-evidence': { route: '/incident', keys: ['v'] },
  'incident-hours': { route: '/incident', then: below('Hours') },
  'incident-propose': { route: '/incident/inc-31', then: click('Propose objectives') },
  'incident-give-out': { route: '/incident', then: click('Give out…') },
  'incident-take-in': { route: '/incident', then: click('Take a case file in…') },
  capture: { route: '/capture' },

  'follow-ups': { route: '/follow-ups' },
  'follow-ups-board': { route: '/follow-ups', keys: ['b'] },
  'follow-ups-new': { route: '/follow-ups', keys: ['n'] },
  'follow-ups-bulk': { route: '/follow-ups', keys: ['j', 'x', 'j', 'x', 'm'] },
  'follow-up': { route: '/follow-ups/follow-1' },
  'follow-up-conflict': { route: '/follow-ups/follow-2' },
  'follow-up-refused': { route: '/follow-ups/follow-3' },
  'follow-up-doubt': { route: '/follow-ups/follow-5' },
  'follow-up-proof': { route: '/follow-ups/follow-8' },

  postmortems: { route: '/postmortem' },
  postmortem: { route: PAPER },
  'postmortem-together': { fake: 'together', route: PAPER, then: (page) => page.waitForSelector('.caret') },
  'postmortem-review': { route: PAPER, keys: ['Alt+r'] },
  'postmortem-history': { route: PAPER, keys: ['Alt+h'] },
  'postmortem-find': { route: PAPER, keys: ['Control+f'] },
  'postmortem-export': { route: PAPER, then: click('Export') },
  'postmortem-templates': { route: '/postmortem/inc-31' },

  library: { route: '/library' },
  'library-found': { route: '/library', then: (page) => page.keyboard.type('settings') },
  'library-nothing': { route: '/library', then: (page) => page.keyboard.type('zebra crossing') },

  slos: { route: '/slos' },
  'slos-new': { route: '/slos/new' },
  'slos-edit': { route: '/slos/edit/slo-settings-first-load-production' },
  'slos-export': { route: '/slos', then: click('Export') },

  sources: { route: '/connections' },
  connect: { route: '/connections/prometheus' },
  'connect-alertmanager': {
    route: '/connections/prometheus',
    then: (page) => page.check(`[value='alertmanager']`),
  },
  datadog: { route: '/connections/datadog' },
  suggest: { route: '/connections/suggest/prometheus-main' },
  probe: { route: '/connections/probe' },
  'source-change': { route: '/connections/change/prometheus-main' },
  import: { route: '/connections/import' },
  folder: { route: '/connections/folder' },
  'tracker-add': { route: '/connections/tracker' },

  outbox: { route: '/outbox' },
  'outbox-add': { route: '/outbox/add' },
  inbox: { route: '/inbox' },
  oncall: { route: '/oncall' },
  'oncall-add': { route: '/oncall/add' },
  settings: { route: '/settings' },
  'settings-below': { route: '/settings', then: below('Checklists') },
  'settings-policy': { route: '/settings', then: click('Add a policy') },
  'settings-checklist': { route: '/settings', then: click('Add an item') },
  relays: { route: '/settings/relays' },
  'relays-choose': { route: '/settings/relays', then: click('What is shared at team-hub') },
  'relay-add': { route: '/settings/relay' },
  'relay-add-folder': { route: '/settings/relay', then: (page) => page.check("[value='folder']") },
  doctor: { route: '/doctor' },
  palette: { route: '/watch', keys: ['Control+k'] },
  help: { route: SLO, keys: ['?'] },

  'first-start': { fake: 'empty', route: '/watch' },
  'first-connect': { fake: 'empty', route: '/watch/prometheus' },
  'first-probe': { fake: 'empty', route: '/watch/probe' },
  'empty-incident': { fake: 'empty', route: '/incident' },
  'empty-follow-ups': { fake: 'empty', route: '/follow-ups' },
  'empty-postmortems': { fake: 'empty', route: '/postmortem' },
  'empty-library': { fake: 'empty', route: '/library' },
  'empty-slos': { fake: 'empty', route: '/slos' },
  'empty-sources': { fake: 'empty', route: '/connections' },
  'empty-outbox': { fake: 'empty', route: '/outbox' },
  'empty-inbox': { fake: 'empty', route: '/inbox' },
  'empty-relays': { fake: 'empty', route: '/settings/relays' },
  'empty-oncall': { fake: 'empty', route: '/oncall' },

  'many-watch': { fake: '1000', route: '/watch' },
  'many-follow-ups': { fake: '1000', route: '/follow-ups' },
  'postmortem-newer': { fake: '1000', route: '/postmortem/inc-31' },

  'error-watch': { fake: 'error', route: '/watch' },
  'error-incident': { fake: 'error', route: '/incident' },
  'error-follow-ups': { fake: 'error', route: '/follow-ups' },
  'error-postmortems': { fake: 'error', route: '/postmortem' },
  'error-postmortem': { fake: 'error', route: PAPER },
  'error-library': { fake: 'error', route: '/library', then: (page) => page.keyboard.type('settings') },
  'error-slos': { fake: 'error', route: '/slos' },
  'error-slos-new': { fake: 'error', route: '/slos/new' },
  'error-sources': { fake: 'error', route: '/connections' },
  'error-outbox': { fake: 'error', route: '/outbox' },
  'error-inbox': { fake: 'error', route: '/inbox' },
  'error-oncall': { fake: 'error', route: '/oncall' },
  'error-settings': { fake: 'error', route: '/settings' },
  'error-relays': { fake: 'error', route: '/settings/relays' },
  'error-doctor': { fake: 'error', route: '/doctor' },

  'loading-watch': { fake: 'loading', route: '/watch' },
  'loading-slos': { fake: 'loading', route: '/slos' },
  'loading-follow-ups': { fake: 'loading', route: '/follow-ups' },
  'loading-postmortem': { fake: 'loading', route: PAPER },
  'loading-settings': { fake: 'loading', route: '/settings' },

  'hostile-detail': { fake: 'hostile', route: '/watch/nasty-0' },
  'hostile-alerts': { fake: 'hostile', route: '/watch/alerts' },
  'hostile-incident': { fake: 'hostile', route: '/incident' },
  'hostile-follow-up': { fake: 'hostile', route: '/follow-ups/follow-nasty-1' },
  'hostile-postmortems': { fake: 'hostile', route: '/postmortem' },
  'hostile-postmortem': { fake: 'hostile', route: '/postmortem/inc-13' },
  'hostile-library': { fake: 'hostile', route: '/library', then: (page) => page.keyboard.type('alert') },
  'hostile-sources': { fake: 'hostile', route: '/connections' },
  'hostile-outbox': { fake: 'hostile', route: '/outbox' },
  'hostile-oncall': { fake: 'hostile', route: '/oncall' },
  'hostile-relays': { fake: 'hostile', route: '/settings/relays' },
  'hostile-slos': { fake: 'hostile', route: '/slos' },
  'hostile-slos-edit': { fake: 'hostile', route: '/slos/edit/nasty-0' },
};

/** Bring a freshly opened page to the state that is to be looked at. */
export async function arrive(page, { fake, keys = [], then }) {
  if (fake !== 'loading') await settled(page);
  for (const key of keys) await page.keyboard.press(key);
  await then?.(page);
  if (keys.length > 0 || then) await page.waitForTimeout(250);
}

/** Scrolls to the part under a heading. */
function below(heading) {
  return (page) =>
    page
      .getByRole('heading', { name: heading })
      .first()
      .evaluate((part) => part.scrollIntoView());
}

async function replayed(page) {
  await page.waitForTimeout(400);
  await page
    .getByRole('button', { name: /^Close/ })
    .first()
    .evaluate((part) => part.scrollIntoView());
}
