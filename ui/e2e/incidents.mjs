// What a person does in an incident, by the keyboard.
import assert from 'node:assert/strict';
import { press } from './browser.mjs';

export async function incidents(journey) {
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

  await journey(
    'at 200 % zoom the entry line of an incident is in reach',
    { route: '/incident/inc-39', width: 640, height: 450 },
    async (page) => {
      const { y, height } = await page.getByLabel('New entry').boundingBox();
      assert.ok(y + height <= 450, `it ends at ${y + height}`);
    },
  );
}
