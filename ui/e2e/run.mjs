// The whole window in a real browser against the made-up core: every page in both schemes and three widths with axe,
// and what a person does with the keyboard alone. Ends by itself, with the number of failures as its exit.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { open, settled, withBrowser } from './browser.mjs';
import { followUps } from './follow-ups.mjs';
import { arrive, PAGES, SLO } from './pages.mjs';
import { postmortems } from './postmortem.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// One word runs the checks that contain it.
const only = process.argv[2] ?? '';
let failures = 0;
async function check(name, run) {
  if (!name.includes(only)) return;
  const begun = Date.now();
  try {
    await run();
    console.log(`ok    ${name} (${Date.now() - begun} ms)`);
  } catch (error) {
    failures += 1;
    console.log(`FAIL  ${name}\n      ${String(error.message ?? error).replaceAll('\n', '\n      ')}`);
  }
}

async function audit(page, where) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary}`),
    );
  });
  assert.deepEqual(found.slice(0, 6), [], `${where}: ${found.slice(0, 6).join('; ')}`);
}

async function fits(page, where) {
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll('#app *')]
      .filter(
        (node) =>
          node.scrollWidth > node.clientWidth + 1 &&
          ['auto', 'scroll'].includes(getComputedStyle(node).overflowX),
      )
      .filter((node) => node.clientWidth > 0)
      .map((node) => `${node.className || node.tagName} ${node.scrollWidth} > ${node.clientWidth}`),
  );
  assert.deepEqual(wide, [], `${where} scrolls sideways: ${wide.join('; ')}`);
}

const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};
const text = (page) => page.locator('body').innerText();

await withBrowser(async (world) => {
  for (const [name, at] of Object.entries(PAGES)) {
    await check(`page ${name}`, async () => {
      const { page, complaints, close } = await open(world, at);
      try {
        await arrive(page, at);
        for (const colorScheme of ['light', 'dark']) {
          await page.emulateMedia({ colorScheme });
          for (const width of colorScheme === 'light' ? [640, 900, 1600] : [900, 1600]) {
            // 640 by 450 is a 1280 by 900 window at 200 % zoom.
            await page.setViewportSize({ width, height: width === 640 ? 450 : 800 });
            await page.waitForTimeout(200);
            await audit(page, `${colorScheme} ${width}`);
            await fits(page, `${colorScheme} ${width}`);
          }
        }
        assert.deepEqual(complaints, []);
      } finally {
        await close();
      }
    });
  }

  const journey = (name, options, run) =>
    check(name, async () => {
      const { page, complaints, close } = await open(world, options);
      page.setDefaultTimeout(5_000);
      try {
        await settled(page);
        await run(page);
        assert.deepEqual(
          complaints.filter((one) => !options.tolerate?.test(one)),
          [],
        );
      } finally {
        await close();
      }
    });

  await postmortems(journey);

  await journey('first start: Enter starts the drill', { fake: 'empty' }, async (page) => {
    await press(page, 'Enter');
    await page.waitForSelector('section[aria-label="Drill"]');
    await page.waitForSelector('[role="grid"] [role="row"]');
    assert.match(await text(page), /nothing here is real/);
    await press(page, 'j');
    await page.waitForSelector('.row.active');
    await page.getByRole('button', { name: 'Stop the drill' }).press('Enter');
    await page.waitForSelector('text=Practise with a drill');
  });

  await journey('first start: connect a Prometheus by keyboard', { fake: 'empty' }, async (page) => {
    await press(page, 'ArrowDown', 'ArrowDown', 'Enter');
    await page.waitForSelector('input[type="url"]:focus');
    await press(page, 'Enter');
    assert.match(await text(page), /The address is missing/);
    await page.keyboard.type('https://prometheus.example.com');
    await press(page, 'Enter');
    await page.waitForSelector('button:focus:has-text("Watch 5 SLOs")');
    await press(page, 'Enter');
    await page.waitForSelector('[role="grid"]');
    assert.match(await text(page), /Settings under 1 s/);
  });

  await journey(
    'first start: a broken address says why and waits',
    { fake: 'empty', route: '/watch/prometheus' },
    async (page) => {
      await page.keyboard.type('https://refused.example.com');
      await press(page, 'Enter');
      await page.waitForSelector('text=Connection refused on port 9090');
      await page.waitForSelector('button:focus:has-text("Test again")');
      assert.match(await text(page), /Save it anyway/);
    },
  );

  await journey(
    'first start: credentials over plain http ask for consent',
    { fake: 'empty', route: '/watch/prometheus' },
    async (page) => {
      await page.keyboard.type('http://prometheus.example.com');
      assert.doesNotMatch(await text(page), /unencrypted/);
      await page.getByLabel('Asks for').selectOption('bearer');
      assert.match(await text(page), /unencrypted/);
      await page.getByLabel('Token').fill('made-up');
      await press(page, 'Enter');
      assert.match(await text(page), /Agree, or use https/);
    },
  );

  await journey('first start: probe a URL by keyboard', { fake: 'empty' }, async (page) => {
    await press(page, 'ArrowDown', 'Enter');
    await page.waitForSelector('input[type="url"]:focus');
    await page.keyboard.type('https://status.example.com/health');
    await press(page, 'Enter');
    await page.waitForSelector('h1:has-text("status.example.com")');
  });

  await journey('from an SLO to a resolved incident by keyboard', { route: '/watch' }, async (page) => {
    await press(page, 'j', 'j', 'j', 'Enter');
    await page.waitForSelector('h1:has-text("Settings first load")');
    await press(page, 'a');
    await page.waitForSelector('button:has-text("Acknowledged")');
    await press(page, 's');
    await page.waitForSelector('button:has-text("Snoozed until")');
    await press(page, 'd');
    await page.waitForSelector('[role="dialog"] input:focus');
    await press(page, 'Enter');
    await page.waitForSelector('section[aria-label="Incident"] h1');
    assert.match(await text(page), /Customer settings: Settings first load/);
    await press(page, 'e');
    await page.keyboard.type('Rolled back the release; e r p and ? are only letters here.');
    await press(page, 'Enter');
    await page.waitForSelector('.timeline >> text=Rolled back the release');
    await press(page, 'Escape', 'r');
    await page.keyboard.type('you');
    await press(page, 'Enter');
    await page.waitForSelector('.timeline >> text=commander: you');
    await press(page, 'p', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'Enter');
    await page.waitForSelector('.timeline >> text=investigating → resolved');
    assert.match(await text(page), /lasted/);
  });

  await journey('the list and its detail by keyboard', { route: '/watch' }, async (page) => {
    await press(page, '/');
    await page.keyboard.type('payments');
    assert.match(await text(page), /2 of 34/);
    await press(page, 'Enter', 'j', 'Enter');
    await page.waitForSelector('h1:has-text("Payments")');
    await page.waitForSelector('canvas');
    await press(page, 't');
    await page.waitForSelector('[role="region"] table');
    await page.locator('[role="slider"]').first().focus();
    await press(page, 'Home');
    const first = await page.locator('figure output').first().innerText();
    await press(page, 'ArrowRight');
    assert.notEqual(await page.locator('figure output').first().innerText(), first);
    await press(page, 'Escape');
    await page.waitForSelector('section[aria-label="SLO"]', { state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'grid');
  });

  await journey('minutes are picked on the chart, excluded and taken back', { route: SLO }, async (page) => {
    await page.waitForSelector('canvas');
    await page.locator('[role="slider"]').first().focus();
    await press(page, 'End', ' ', 'ArrowLeft', 'ArrowLeft', ' ');
    await page.waitForSelector('.picked');
    await press(page, 'x');
    await page.waitForSelector('[role="dialog"]');
    await page.getByLabel('It should not count').check();
    await press(page, 'Enter');
    await page.waitForSelector('text=Say in a few words why these minutes should not count');
    await page.getByLabel('Why').fill('a load test');
    await press(page, 'Enter');
    await page.waitForSelector('section[aria-label="Exclusions"] >> text=a load test');
    await page.waitForSelector('.picked', { state: 'detached' });
    await page.getByRole('button', { name: 'Take back' }).first().press('Enter');
    await page.waitForSelector('section[aria-label="Exclusions"] >> text=taken back by');
  });

  await journey('an unexplained stretch is laid to an incident', { route: SLO }, async (page) => {
    await page.waitForSelector('section[aria-label="Ledger"] table');
    const rows = async () => page.locator('section[aria-label="Ledger"] .unexplained').count();
    const before = await rows();
    await press(page, 'l');
    await page.waitForSelector('[role="dialog"] input:focus');
    await press(page, 'Enter');
    await page.waitForSelector('[role="dialog"]', { state: 'detached' });
    await page.waitForFunction(
      (n) => document.querySelectorAll('section[aria-label="Ledger"] .unexplained').length === n,
      before - 1,
    );
  });

  await journey('the palette finds and does', { route: '/inbox' }, async (page) => {
    await press(page, 'Control+k');
    await page.keyboard.type('pause');
    await press(page, 'Enter');
    await page.waitForSelector('section[aria-label="Paused"]');
    await press(page, 'Control+k');
    await page.keyboard.type('first load staging');
    await page.waitForSelector('[data-command-item]');
    await press(page, 'Enter');
    await page.waitForSelector('h1:has-text("Settings first load")');
    await press(page, 'Control+k');
    await page.keyboard.type('theme: dark');
    await press(page, 'Enter');
    await page.waitForSelector(':root[data-theme="dark"]');
  });

  await journey('settings are saved at once', { route: '/settings' }, async (page) => {
    await page.getByLabel('Theme').selectOption('dark');
    await page.waitForSelector('text=Saved');
    await page.waitForSelector(':root[data-theme="dark"]');
    const from = page.getByRole('group', { name: 'Night hours' }).getByLabel('from');
    await from.fill('25:00');
    await press(page, 'Tab');
    await page.waitForSelector('text=Write hours as 22:00');
    await page.evaluate(() => (location.hash = '/doctor'));
    await page.waitForSelector('h1:has-text("Doctor")');
    await page.evaluate(() => (location.hash = '/settings'));
    await page.waitForSelector('h1:has-text("Settings")');
    assert.equal(await page.getByLabel('Theme').inputValue(), 'dark');
    assert.equal(await from.inputValue(), '22:00');
  });

  await journey(
    'an SLO is defined by keyboard, with completion and preview',
    { route: '/slos' },
    async (page) => {
      await press(page, 'n');
      await page.waitForSelector('h1:has-text("Define an SLO")');
      await page.getByLabel('Name', { exact: true }).focus();
      await page.keyboard.type('checkout-availability');
      await page.getByLabel('Service', { exact: true }).focus();
      await page.keyboard.type('checkout');
      await page.getByLabel('Part', { exact: true }).focus();
      await page.keyboard.type('requests');
      await page.waitForSelector('[role="option"]:has-text("http_requests_total")');
      await audit(page, 'with the offers open');
      await press(page, 'ArrowDown', 'Enter');
      assert.equal(await page.getByLabel('Part', { exact: true }).inputValue(), 'http_requests_total');
      assert.equal(await page.getByLabel('All events', { exact: true }).inputValue(), 'http_requests_total');
      await page.keyboard.type('{co');
      await page.waitForSelector('[role="option"]:has-text("code")');
      await press(page, 'ArrowDown', 'Enter');
      await page.waitForSelector('[role="option"]:has-text("503")');
      await page.keyboard.type('503');
      assert.equal(
        await page.getByLabel('Part', { exact: true }).inputValue(),
        'http_requests_total{code="503"}',
      );
      await press(page, 'Escape');
      await page.waitForSelector('[aria-label="Preview"] canvas');
      await page.getByLabel('Objective, %').fill('0.999');
      await press(page, 'Enter');
      await page.waitForSelector('text=write 99.9 for the ratio');
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'objective');
      await audit(page, 'with a fault at its field');
      await page.getByLabel('Objective, %').fill('99.95');
      await press(page, 'Enter');
      await page.waitForSelector('section[aria-label="SLO"] h1:has-text("checkout-availability")');
    },
  );

  await journey('a source is changed without its secret', { route: '/connections' }, async (page) => {
    await page.getByRole('button', { name: 'Change prometheus-main' }).press('Enter');
    await page.waitForSelector('h1:has-text("Change prometheus-main")');
    assert.equal(await page.getByLabel('Name', { exact: true }).isDisabled(), true);
    await page.getByLabel('Address').fill('ftp://x');
    await press(page, 'Enter');
    await page.waitForSelector('text=not an http or https address');
    await page.getByLabel('Address').fill('https://prometheus-2.internal');
    await press(page, 'Enter');
    await page.waitForSelector('text=https://prometheus-2.internal');
    await page.waitForSelector('h1:has-text("Sources")');
  });

  await journey(
    'what was typed survives leaving, and can be thrown away',
    { route: '/slos/new' },
    async (page) => {
      await page.getByLabel('Title').fill('Half written');
      await page.waitForSelector('text=Not saved yet');
      await page.evaluate(() => (location.hash = '#/watch'));
      await page.waitForSelector('[role="grid"]');
      await page.evaluate(() => (location.hash = '#/slos/new'));
      await page.waitForSelector('text=What was typed before and not saved is shown');
      assert.equal(await page.getByLabel('Title').inputValue(), 'Half written');
      await page.getByRole('button', { name: 'Throw it away' }).press('Enter');
      assert.equal(await page.getByLabel('Title').inputValue(), '');
    },
  );

  await journey(
    'definitions are staged, duplicated, exported, removed and taken back',
    { route: '/slos' },
    async (page) => {
      const rows = () => page.locator('tbody tr').count();
      const all = await rows();
      await page.getByLabel('Search definitions').fill('save production');
      await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
      await page.locator('tbody button.stage').press('Enter');
      await page.waitForSelector('tbody button.stage:has-text("testing")');
      await page.getByRole('button', { name: 'Export these 1' }).press('Enter');
      await page.getByLabel('Into the folder').fill('slos');
      await page.getByRole('button', { name: 'Write files' }).press('Enter');
      await page.waitForSelector('text=Write the whole path');
      await page.getByLabel('Into the folder').fill('/tmp/slos');
      await page.getByRole('button', { name: 'Write files' }).press('Enter');
      await page.waitForSelector('text=1 file written into /tmp/slos');
      await page.getByRole('button', { name: 'Close' }).press('Enter');
      await page.getByRole('button', { name: /^Remove/ }).press('Enter');
      await page.waitForSelector('text=No definition fits');
      await page.getByRole('button', { name: /^Undo/ }).press('Enter');
      await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
      await page.getByRole('button', { name: /^Duplicate/ }).press('Enter');
      await page.waitForSelector('h1:has-text("like another")');
      assert.equal(await page.getByLabel('Stage').inputValue(), 'testing');
      assert.ok(all > 10);
    },
  );

  await journey(
    'a definition from a watched folder is read-only and names its file',
    { route: '/slos' },
    async (page) => {
      const row = page.locator('tbody tr', { hasText: 'integrations.yaml' });
      assert.equal(await row.getByRole('button', { name: /^Remove/ }).count(), 0);
      await row.getByRole('link').first().press('Enter');
      await page.waitForSelector('text=comes from the watched file');
      assert.equal(await page.getByLabel('Objective, %').isDisabled(), true);
      assert.equal(await page.getByRole('button', { name: /^Save/ }).count(), 0);
    },
  );

  await journey('policies are added, removed and taken back', { route: '/settings' }, async (page) => {
    const says = 'text=any journey in any environment has spent 70 % of its budget: notify';
    const remove = page.locator('li', { has: page.locator(says) }).getByRole('button', { name: 'Remove' });
    await page.getByRole('button', { name: 'Add a policy' }).press('Enter');
    await page.getByLabel('When').selectOption('consumed');
    await page.getByLabel('Spent, %').fill('700');
    await page.getByLabel('For, minutes').fill('0');
    await page.getByLabel('Then').selectOption('notify');
    await page.getByRole('button', { name: 'Save', exact: true }).press('Enter');
    await page.waitForSelector('text=A whole number from 1 to 500');
    await page.getByLabel('Spent, %').fill('70');
    await page.getByRole('button', { name: 'Save', exact: true }).press('Enter');
    await page.waitForSelector(says);
    await remove.press('Enter');
    await page.waitForSelector(says, { state: 'detached' });
    await press(page, 'Control+z');
    await page.waitForSelector(says);
    await remove.press('Enter');
    await page.waitForSelector('text=The policy is removed', { state: 'detached', timeout: 12_000 });
    assert.equal(await page.locator(says).count(), 0, 'it came back');
  });

  await journey('a proposed incident is opened by one key', { route: '/watch' }, async (page) => {
    await page.waitForSelector('text=open a SEV1 incident?');
    await press(page, 'I');
    await page.waitForSelector('h1:has-text("Customer settings")');
    await page.waitForSelector('[aria-label="Proposed incident"]', { state: 'detached' });
  });

  await followUps(journey, audit);

  await journey('files are imported with a report', { route: '/connections/import' }, async (page) => {
    await page.locator('input[type="file"]').setInputFiles([
      { name: 'slo.yaml', mimeType: 'text/yaml', buffer: Buffer.from('apiVersion: openslo/v1') },
      { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from('x') },
    ]);
    await page.waitForSelector('text=1 rejected');
    assert.match(await text(page), /photo\.png is no \.yaml/);
    assert.match(await text(page), /Write 0\.999/);
  });

  await journey('hostile data is text, nothing more', { fake: 'hostile', route: '/watch' }, async (page) => {
    for (const route of [
      '/watch/nasty-0',
      '/watch/nasty-5',
      '/incident/inc-13',
      '/connections',
      '/connections/suggest/x',
      '/inbox',
      '/settings',
      '/doctor',
    ]) {
      await page.evaluate((to) => (location.hash = to), route);
      await settled(page);
    }
    await page.evaluate(() => (location.hash = '/watch/nasty-0'));
    await page.waitForSelector('text=not a web address, stays closed');
    assert.equal(
      await page.locator('#app img, #app script, #app iframe, #app a[href^="javascript"]').count(),
      0,
    );
    assert.ok((await text(page)).includes('<img src=x onerror=alert(1)>'));
    const longest = await page.evaluate(() =>
      Math.max(
        ...[...document.querySelectorAll('#app *')]
          .flatMap((n) => [...n.childNodes])
          .filter((n) => n.nodeType === 3)
          .map((n) => n.data.length),
      ),
    );
    assert.ok(longest < 5_000, `a text of ${longest} characters`);
    await press(page, 'Control+k');
    await page.keyboard.type('alert');
    await page.waitForTimeout(300);
  });

  await journey(
    'an incident of ten thousand entries stays light',
    { fake: '1000', route: '/incident' },
    async (page) => {
      await page.waitForSelector('.timeline >> text=Number 9999:');
      const drawn = () => page.evaluate(() => document.querySelectorAll('.timeline li').length);
      assert.ok((await drawn()) < 120, `${await drawn()} entries are drawn`);
      await press(page, 'e');
      await page.keyboard.type('typed after ten thousand');
      await press(page, 'Enter');
      await page.waitForSelector('.timeline >> text=typed after ten thousand');
      await press(page, 'Escape');
      await page.focus('.timeline');
      await page.evaluate(() => document.querySelector('.timeline').scrollTo({ top: 0 }));
      await page.waitForSelector('.timeline >> text=Number 0:');
      assert.ok((await drawn()) < 120, `${await drawn()} entries are drawn`);
    },
  );

  await journey('a role is handed over and read back, by keyboard', { route: '/incident' }, async (page) => {
    await page.waitForSelector('text=day shift, not confirmed yet');
    await page.focus('button:has-text("Confirm")');
    await press(page, 'Enter');
    await page.keyboard.type('two streams, update at 4');
    await press(page, 'Enter');
    await page.waitForSelector('.timeline >> text=Read back: two streams');
    assert.equal(await page.locator('text=not confirmed yet').count(), 0);
  });

  await journey('a gate holds until a reason is given, by keyboard', { route: '/incident' }, async (page) => {
    await page.waitForSelector('text=identified');
    await page.focus('button:has-text("resolved")');
    await press(page, 'Enter');
    await page.waitForSelector('[role="dialog"] >> text=confirm that it is over');
    await page.keyboard.type('support is asleep');
    await press(page, 'Enter');
    await page.waitForSelector('.timeline >> text=identified → resolved');
    await page.waitForSelector('.timeline >> text=support is asleep');
    await page.focus('button:has-text("Open again")');
    await press(page, 'Enter');
    await page.keyboard.type('it is back');
    await press(page, 'Enter');
    await page.waitForSelector('.timeline >> text=reopened: it is back');
  });

  await journey('evidence is looked at as it was', { route: '/incident' }, async (page) => {
    await page.waitForSelector('text=froze 2 SLOs');
    await press(page, 'v');
    await page.waitForSelector('[role="dialog"] >> text=Nothing here is asked anew');
    await press(page, 'Escape');
    await page.waitForSelector('[role="dialog"]', { state: 'detached' });
  });

  await journey('a thousand SLOs stay light', { fake: '1000', route: '/watch' }, async (page) => {
    const rows = () => page.locator('[role="grid"] .row').count();
    assert.ok((await rows()) <= 60, `${await rows()} rows`);
    const frames = await page.evaluate(async () => {
      const box = document.querySelector('[role="grid"]');
      let [last, worst] = [performance.now(), 0];
      const begun = last;
      for (let i = 0; i < 90; i++) {
        box.scrollTop += 320;
        await new Promise(requestAnimationFrame);
        worst = Math.max(worst, performance.now() - last);
        last = performance.now();
      }
      return { worst, mean: (performance.now() - begun) / 90 };
    });
    console.log(
      `      scrolling: a frame takes ${frames.mean.toFixed(0)} ms, the slowest ${frames.worst.toFixed(0)} ms`,
    );
    assert.ok(frames.mean < 150, `a frame takes ${frames.mean} ms`);
    await page.locator('[role="grid"]').focus();
    await press(page, 'End');
    await page.waitForSelector('text=Endpoint 1000');
    assert.ok((await rows()) <= 60, `${await rows()} rows at the end`);
    await press(page, '/');
    const begun = Date.now();
    await page.keyboard.type('0777');
    await page.waitForSelector('text=1 of 1000');
    assert.ok(Date.now() - begun < 1_500);
  });

  await journey(
    'at 200 % zoom the entry line of an incident is in reach',
    { route: '/incident/inc-39', width: 640, height: 450 },
    async (page) => {
      const { y, height } = await page.getByLabel('New entry').boundingBox();
      assert.ok(y + height <= 450, `it ends at ${y + height}`);
    },
  );

  await check('starts and draws where the language is C', async () => {
    const context = await world.browser.newContext({ viewport: { width: 1200, height: 800 } });
    await context.addInitScript(() => {
      Object.defineProperty(navigator, 'language', { value: 'C', configurable: true });
      Object.defineProperty(navigator, 'languages', { value: ['C'], configurable: true });
    });
    const page = await context.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${world.address}/?fake=story#${SLO}`);
    await page.waitForSelector('canvas', { timeout: 5_000 });
    assert.deepEqual(errors, []);
    await context.close();
  });
});

console.log(failures === 0 ? 'all passed' : `${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
