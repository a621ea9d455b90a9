// What is asked of every page: axe finds nothing, nothing scrolls sideways, and the window never scrolls as a whole.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function audit(page, where) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary}`),
    );
  });
  assert.deepEqual(found.slice(0, 6), [], `${where}: ${found.slice(0, 6).join('; ')}`);
}

export async function fits(page, where) {
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll('#app *')]
      .filter(
        (node) =>
          node.scrollWidth > node.clientWidth + 1 &&
          ['auto', 'scroll'].includes(getComputedStyle(node).overflowX),
      )
      .filter((node) => node.clientWidth > 0)
      .map((node) => `${node.className || node.tagName} ${node.scrollWidth} > ${node.clientWidth}`),
  );
  assert.deepEqual(wide, [], `${where} scrolls sideways: ${wide.join('; ')}`);
  const moved = await page.evaluate(() => {
    for (const one of [...document.querySelectorAll('main *')].slice(-40)) one.scrollIntoView();
    for (const one of document.querySelectorAll('main .unseen')) one.scrollIntoView();
    return [window.scrollY, document.documentElement.scrollTop, document.body.scrollTop];
  });
  assert.deepEqual(moved, [0, 0, 0], `${where}: the window scrolls as a whole`);
}
