// What a person does at the first start, by the keyboard.
import assert from 'node:assert/strict';
import { press, text } from './browser.mjs';

export async function firstStart(journey) {
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
}
