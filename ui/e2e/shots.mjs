// Pictures of every page in both schemes and two widths: node e2e/shots.mjs FOLDER [part of a name]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open, withBrowser } from './browser.mjs';
import { arrive, PAGES } from './pages.mjs';

const folder = process.argv[2] ?? 'shots';
const only = process.argv[3] ?? '';
mkdirSync(folder, { recursive: true });

await withBrowser(async (world) => {
  for (const [name, at] of Object.entries(PAGES)) {
    if (!name.includes(only)) continue;
    for (const scheme of ['light', 'dark']) {
      for (const width of [900, 1600]) {
        const { page, close } = await open(world, {
          ...at,
          scheme,
          width,
          height: width === 900 ? 700 : 900,
        });
        await arrive(page, at);
        await page.screenshot({ path: join(folder, `${name}-${scheme}-${width}.png`) });
        await close();
      }
    }
  }
});
