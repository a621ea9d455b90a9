// What a person does with definitions of SLOs, sources and settings, by the keyboard.
import assert from 'node:assert/strict';
import { press, text } from './browser.mjs';

export async function definitions(journey, audit) {
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

  await journey('files are imported with a report', { route: '/connections/import' }, async (page) => {
    await page.locator('input[type="file"]').setInputFiles([
      { name: 'slo.yaml', mimeType: 'text/yaml', buffer: Buffer.from('apiVersion: openslo/v1') },
      { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from('x') },
    ]);
    await page.waitForSelector('text=1 rejected');
    assert.match(await text(page), /photo\.png is no \.yaml/);
    assert.match(await text(page), /Write 0\.999/);
  });
}
