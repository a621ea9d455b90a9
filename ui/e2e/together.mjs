// What a person does to work together: relays, and others in the same document, by the keyboard.
import assert from 'node:assert/strict';
import { move, press } from './browser.mjs';

const PAPER = { fake: 'together', route: '/postmortem/inc-39' };
const names = (page) => page.locator('[aria-label="Here now"] li').allInnerTexts();

/** Somebody else does something to their own state; `who` is what they say of themselves. */
const comes = (page, who, paragraph, from, to = from) =>
  page.evaluate(
    async ([who, paragraph, from, to]) => {
      const { relays } = window.made;
      relays.tell('inc-39', await relays.somebody('inc-39', who, paragraph, from, to));
    },
    [who, paragraph, from, to],
  );

export async function together(journey, audit) {
  await journey(
    'a relay is added, shared at, removed and taken back',
    { route: '/settings' },
    async (page) => {
      await page.getByRole('button', { name: 'Add a relay' }).press('Enter');
      await page.waitForSelector('h1:has-text("Add a relay")');
      await page.waitForSelector('[name="at"]:focus');
      await press(page, 'Enter');
      await page.waitForSelector('text=The address is missing');
      await page.keyboard.type('ws://secret.example.com');
      await press(page, 'Enter');
      await page.waitForSelector('text=Agree, or use wss');
      await audit(page, 'with the consent asked for');
      await page.getByLabel('Address').fill('wss://secret.example.com');
      await press(page, 'Enter');
      await page.waitForSelector('text=does not take this token');
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'token');
      await page.keyboard.type('right');
      await press(page, 'Enter');
      await page.waitForSelector('ul[aria-label="Test"] >> text=answers and lets us in');
      await page.getByRole('button', { name: 'Done' }).press('Enter');
      const line = page.locator('li', { has: page.locator('h3:has-text("secret-example-com")') });
      await line.getByText('nothing is shared yet').waitFor();
      await line.getByRole('button', { name: /^What is shared/ }).press('Enter');
      await page.waitForSelector('form input[type="checkbox"]:focus');
      await line.getByLabel('Customer settings load ten times slower').check();
      await line.getByRole('button', { name: 'Share this' }).press('Enter');
      await line.getByText('1 incident shared').waitFor();
      await line.getByRole('button', { name: /^Test/ }).press('Enter');
      await line.getByText('answers and lets us in').waitFor();
      await line.getByRole('button', { name: /^Remove/ }).press('Enter');
      await line.waitFor({ state: 'detached' });
      await press(page, 'Control+z');
      await line.waitFor();
    },
  );

  await journey('an offered incident is taken in', { route: '/settings/relays' }, async (page) => {
    await page.getByRole('button', { name: /^Take it in/ }).press('Enter');
    await page.waitForSelector('text=is shared there by others', { state: 'detached' });
    await page.waitForSelector('text=1 incident shared');
  });

  await journey('a case file is taken in', { route: '/incident' }, async (page) => {
    await page.getByRole('button', { name: 'Take a case file in…' }).press('Enter');
    await page.waitForSelector('[name="path"]:focus');
    await page.keyboard.type('/tmp/photo.png');
    await press(page, 'Enter');
    await page.waitForSelector('text=is no case file');
    await page.locator('[name="path"]').fill('/tmp/inc-7.fwcase');
    await press(page, 'Enter');
    await page.waitForSelector('section[aria-label="Incident"] h1:has-text("Invoices without a total")');
  });

  await journey('postmortem: others are seen where they write', PAPER, async (page) => {
    await page.waitForSelector('.prose .caret bdi:has-text("Ana Ruiz")');
    assert.deepEqual(await names(page), ['Ana Ruiz']);
    assert.ok((await page.locator('.prose .selected-by').first().innerText()).length > 3);
    await comes(page, { name: 'Ben' }, 1, 30);
    await page.waitForSelector('.prose .caret bdi:has-text("Ben")');
    await page.waitForSelector('[role="status"]:has-text("2 others are here")', { state: 'attached' });
    // Their caret stays with its words while this person writes before it.
    const before = () =>
      page.evaluate(() => {
        const caret = [...document.querySelectorAll('.prose .caret')].find(
          (one) => one.textContent === 'Ben',
        );
        const range = new Range();
        range.setStart(document.querySelector('.prose p'), 0);
        range.setEndBefore(caret);
        return range.cloneContents().textContent.replaceAll('Ana Ruiz', '').slice(-12);
      });
    const words = await before();
    await page.waitForSelector('.prose:focus');
    await move(page, 'ArrowDown', 'Home');
    await page.keyboard.type('So: ');
    await page.waitForTimeout(300);
    assert.equal(await before(), words);
    assert.equal(
      await page.locator('.prose :is(.caret, .caret *, .selected-by)[style]').count(),
      0,
      'nothing brings a style of its own',
    );
    const said = await page.evaluate(() => window.made.relays.said.get('inc-39'));
    assert.ok(Buffer.from(said, 'base64').toString().includes('"name":"you"'));
    await page.getByRole('button', { name: 'Ben' }).press('Enter');
    await page.evaluate(() => (location.hash = '/watch'));
    await page.waitForSelector('[role="grid"]');
    const left = await page.evaluate(() => window.made.relays.said.get('inc-39'));
    assert.ok(Buffer.from(left, 'base64').toString().endsWith('null'), 'it is said that this person left');
  });

  await journey('postmortem: a hostile name is text, and a mad state is nobody', PAPER, async (page) => {
    await page.waitForSelector('.prose .caret');
    await comes(page, { name: '<img src=x onerror=alert(1)>', color: '"><script>alert(2)</script>' }, 1, 3);
    await comes(page, { name: 'x'.repeat(4_000) }, 1, 5);
    await comes(page, 'no user at all', 1, 6);
    await page.waitForSelector('.prose .caret bdi:has-text("<img src=x")');
    const longest = await page.evaluate(() =>
      Math.max(
        ...[...document.querySelectorAll('.caret, [aria-label="Here now"] li')].map(
          (n) => n.innerText.length,
        ),
      ),
    );
    assert.ok(longest < 60, `${longest} characters`);
    assert.equal(await page.locator('.caret :is(img, script), .caret[style]').count(), 0);
    await audit(page, 'with hostile names');
    await page.waitForSelector('.prose:focus');
    await page.keyboard.type('still writable ');
    await page.waitForSelector('.prose :text("still writable")');
  });

  await journey(
    'at 200 % zoom a postmortem has the height of the window to be written in',
    { ...PAPER, width: 640, height: 450 },
    async (page) => {
      await page.waitForSelector('.prose:focus');
      await page.locator('.paper').evaluate((paper) => (paper.scrollTop = paper.scrollHeight));
      const { height } = await page.locator('.scroll').boundingBox();
      assert.ok(height >= 200, `${height} px are left for the text`);
      await page.keyboard.type('written at 200 % ');
      assert.ok(await page.locator('.prose :text("written at 200 %")').isVisible());
    },
  );

  await journey('postmortem: how its sharing stands is in its head', PAPER, async (page) => {
    await page.waitForSelector('header a:has-text("Shared")');
    await page.evaluate(() => {
      const { relays, emit } = window.made;
      relays.all = relays.all.map((relay) => ({
        ...relay,
        incidents: relay.incidents.map((one) => ({
          ...one,
          state: one.shared ? 'waiting' : one.state,
          why: 'away',
        })),
      }));
      emit('relays');
    });
    await page.waitForSelector('header a:has-text("Offline: queued")');
    await page.locator('header a:has-text("Offline: queued")').press('Enter');
    await page.waitForSelector('h2:has-text("Sharing")');
  });
}
