// A Chromium of the system, and pages that remember everything the window should never say: errors, refusals of the
// content policy, dialogs.
import { chromium } from 'playwright-core';
import { fileURLToPath } from 'node:url';
import { serve } from './serve.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts server and browser, runs, and ends both whatever happened. */
export async function withBrowser(run) {
  const server = await serve(fileURLToPath(new URL('../dist-fake', import.meta.url)));
  let browser;
  try {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: FLAGS,
    });
    await run({ browser, address: server.address });
  } finally {
    await browser?.close();
    await server.close();
  }
}

/** A fresh window; `complaints` collects what must stay empty. */
export async function open(
  { browser, address },
  { fake = 'story', route = '/watch', width = 1600, height = 900, scheme = 'light', locale } = {},
) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    locale,
  });
  // As the real window does it; a library that writes over a prototype fails here too.
  await context.addInitScript(() => Object.freeze(Object.prototype));
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(`${address}/?fake=${fake}#${route}`);
  await page.waitForSelector('nav');
  return { page, complaints, close: () => context.close() };
}

/** Until nothing is being read any more. */
export async function settled(page) {
  await page
    .waitForFunction(() => !/Reading [a-z ]+…/.test(document.body.innerText), null, { timeout: 10_000 })
    .catch(() => {});
  await page.waitForTimeout(250);
}

/** Keys, one after another. */
export async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

/** Keys that move the caret. A browser says where it is only after it has moved, and a next key may be quicker than that. */
export async function move(page, ...keys) {
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  }
}

export const text = (page) => page.locator('body').innerText();
