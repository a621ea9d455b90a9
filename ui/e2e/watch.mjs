// What a person does with SLOs that are watched, by the keyboard.
import assert from 'node:assert/strict';
import { press, text } from './browser.mjs';
import { SLO } from './pages.mjs';

export async function watch(journey) {
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

  await journey('a proposed incident is opened by one key', { route: '/watch' }, async (page) => {
    await page.waitForSelector('text=open a SEV1 incident?');
    await press(page, 'I');
    await page.waitForSelector('h1:has-text("Customer settings")');
    await page.waitForSelector('[aria-label="Proposed incident"]', { state: 'detached' });
  });
}
