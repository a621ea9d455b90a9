// Much of everything, and hostile data.
import assert from 'node:assert/strict';
import { press, settled, text } from './browser.mjs';

export async function bounds(journey) {
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
}
