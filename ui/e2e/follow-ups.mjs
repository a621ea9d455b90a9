// What a person does with follow-ups, tickets and trackers, by the keyboard, in a real browser against the made-up core.
import assert from 'node:assert/strict';
import { press } from './browser.mjs';

/** All of them, each by `journey(name, where, run)`; `audit` lets axe look. */
export async function followUps(journey, audit) {
  await journey(
    'a follow-up is written from an entry, and carried over the board',
    { route: '/incident/inc-39' },
    async (page) => {
      await page.locator('[data-entry] button', { hasText: 'Follow up' }).first().focus();
      await press(page, 'f');
      await page.waitForSelector('[role="dialog"] [name="title"]:focus');
      await press(page, 'Enter');
      await page.waitForSelector('text=the title is empty');
      await page.keyboard.type('Ask partners at once');
      await page.getByLabel('Due').fill('some day');
      await press(page, 'Enter');
      await page.waitForSelector('text=is no day');
      await page.getByLabel('Due').fill('14d');
      await press(page, 'Enter');
      await page.waitForSelector('[role="dialog"]', { state: 'detached' });
      await page.waitForSelector('.facts >> text=Ask partners at once');
      await page.evaluate(() => (location.hash = '/follow-ups'));
      await page.waitForSelector('[role="grid"]');
      await press(page, '/');
      await page.keyboard.type('partners');
      await press(page, 'Enter', 'b');
      await page.waitForSelector('section[aria-label="open"] .card.active >> text=Ask partners');
      await press(page, 'L');
      await page.waitForSelector('section[aria-label="doing"] .card.active >> text=Ask partners');
      await press(page, 'L');
      await page.waitForSelector('section[aria-label="done"] .card.active >> text=Ask partners');
      assert.equal(
        await page.evaluate(() => document.activeElement?.getAttribute('aria-label')?.split(',')[0]),
        'done',
        'what was carried keeps the focus',
      );
    },
  );

  await journey('many follow-ups are changed at once', { route: '/follow-ups' }, async (page) => {
    await press(page, 'j', 'x', 'j', 'x', 'm');
    await page.waitForSelector('[role="dialog"] >> text=Change 2 follow-ups');
    await page.getByLabel('Owner', { exact: true }).fill('Ana');
    await press(page, 'Enter');
    await page.waitForSelector('[role="dialog"]', { state: 'detached' });
    await page.waitForFunction(
      () =>
        [...document.querySelectorAll('.row .owner')].filter((n) => n.innerText.trim() === 'Ana').length ===
        2,
    );
    // One of those on screen belongs to no incident: then none is changed.
    await press(page, 'Escape', 'X', 'm');
    await page.getByLabel('Required').selectOption('reviewed');
    await press(page, 'Enter');
    await page.waitForSelector('text=belongs to no incident');
  });

  await journey(
    'a conflict is settled and a refusal cured by keyboard',
    { route: '/follow-ups/follow-2' },
    async (page) => {
      await page.waitForSelector('[aria-label="Conflicts"] >> text=Before: 2026-11-30');
      await press(page, '.');
      await page.waitForSelector('text=Both sides changed 1 field');
      await press(page, ',');
      await page.waitForSelector('[aria-label="Conflicts"]', { state: 'detached' });
      await page.evaluate(() => (location.hash = '/follow-ups/follow-3'));
      await page.waitForSelector('.field .error >> text=Jira: The due date lies after');
      await press(page, 'u');
      await page.keyboard.press('Control+a');
      await page.keyboard.type('2031-01-06');
      await press(page, 'Enter');
      await page.waitForSelector('section[aria-label="Ticket"] >> text=OPS-501');
      assert.equal(await page.locator('.field .error').count(), 0);
      await page.evaluate(() => (location.hash = '/follow-ups/follow-5'));
      await page.waitForSelector('text=It may have been made');
      await page.getByPlaceholder('OPS-17').fill('OPS-444');
      await press(page, 'Enter');
      await page.waitForSelector('section[aria-label="Ticket"] >> text=OPS-444');
    },
  );

  await journey('a Jira is looked around in and added', { route: '/connections/tracker' }, async (page) => {
    await press(page, 'Enter');
    await page.waitForSelector('text=Write the address');
    await page.getByLabel('Address', { exact: true }).fill('https://other.atlassian.net');
    await page.getByLabel('E-mail address').fill('ops@example.com');
    await page.getByLabel('API token').fill('old');
    await press(page, 'Enter');
    await page.waitForSelector('text=does not take this token');
    await page.getByLabel('API token').fill('new');
    await press(page, 'Enter');
    await page.waitForSelector('text=signed in as');
    await page.getByLabel('Project').selectOption('SEC');
    await page.waitForSelector('text=no ticket can be made');
    await page.getByLabel('Project').selectOption('OPS');
    await page.waitForSelector('text=What the project demands');
    await page.getByLabel('Team').selectOption('Platform');
    await page.getByLabel('Name', { exact: true }).fill('jira-other');
    await audit(page, 'with what was found');
    await press(page, 'Enter');
    await page.waitForSelector('ul[aria-label="Test"]');
    await page.getByRole('button', { name: 'Done' }).press('Enter');
    await page.waitForSelector('h3:has-text("jira-other")');
    await page.waitForSelector('text=37 of 40 tickets would lose their link at once');
    await page.getByRole('button', { name: 'They are really gone' }).press('Enter');
    await page.waitForSelector('text=37 of 40', { state: 'detached' });
  });

  await journey(
    'two thousand follow-ups stay light',
    { fake: '1000', route: '/follow-ups' },
    async (page) => {
      const count = (css) => page.locator(css).count();
      assert.ok((await count('[role="grid"] .row')) <= 60);
      await page.locator('[role="grid"]').focus();
      await press(page, 'End');
      assert.ok((await count('[role="grid"] .row')) <= 60);
      await press(page, 'b');
      await page.waitForSelector('.card');
      assert.ok((await count('.card')) <= 120, `${await count('.card')} cards`);
      await press(page, 'l');
      await page.locator('section[aria-label="open"] [role="listbox"]').focus();
      await press(page, 'l');
      await page.waitForSelector('section[aria-label="doing"] .card.active');
    },
  );
}
