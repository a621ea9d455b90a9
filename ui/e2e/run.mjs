// The whole window in a real browser against the made-up core: every page in both schemes and three widths, looked at by axe,
// and what a person does with the keyboard alone. Ends by itself, with the number of failures as its exit.
import assert from 'node:assert/strict';
import { audit, fits } from './audit.mjs';
import { bounds } from './bounds.mjs';
import { open, settled, withBrowser } from './browser.mjs';
import { definitions } from './definitions.mjs';
import { firstStart } from './first-start.mjs';
import { followUps } from './follow-ups.mjs';
import { incidents } from './incidents.mjs';
import { arrive, PAGES, SLO } from './pages.mjs';
import { postmortems } from './postmortem.mjs';
import { together } from './together.mjs';
import { watch } from './watch.mjs';

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

// 640 by 450 is a 1280 by 900 window at 200 % zoom. What axe finds hangs on the scheme and on the width, hardly on both at once.
const LOOKS = [
  { colorScheme: 'light', width: 640, height: 450, axe: true },
  { colorScheme: 'light', width: 900, height: 800, axe: false },
  { colorScheme: 'light', width: 1600, height: 800, axe: true },
  { colorScheme: 'dark', width: 1600, height: 800, axe: false },
  { colorScheme: 'dark', width: 900, height: 800, axe: true },
];

/** One page as every person may have it. */
async function looks(world, at) {
  const { page, complaints, close } = await open(world, at);
  try {
    await arrive(page, at);
    for (const { colorScheme, width, height, axe } of LOOKS) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(200);
      if (axe) await audit(page, `${colorScheme} ${width}`);
      await fits(page, `${colorScheme} ${width}`);
    }
    assert.deepEqual(complaints, []);
  } finally {
    await close();
  }
}

await withBrowser(async (world) => {
  const pages = Object.entries(PAGES);
  const inTurn = async () => {
    for (let next = pages.shift(); next !== undefined; next = pages.shift()) {
      const [name, at] = next;
      await check(`page ${name}`, () => looks(world, at));
    }
  };
  // Pages are measured by nobody's clock, so two may be looked at side by side; the journeys below come one by one.
  await Promise.all([inTurn(), inTurn()]);

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

  await firstStart(journey);
  await watch(journey);
  await incidents(journey);
  await followUps(journey, audit);
  await postmortems(journey);
  await together(journey, audit);
  await definitions(journey, audit);
  await bounds(journey);

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
