/**
 * Text that came from outside: bounded before it reaches the page, and stripped of the characters that reorder
 * their neighbours. Markup needs no care here, because nothing is ever rendered as markup.
 */

const LONGEST = 300;
// Bidirectional overrides, embeddings and isolates, and control characters other than line breaks and tabs.
// eslint-disable-next-line no-control-regex
const UNRULY = /[\u202A-\u202E\u2066-\u2069\u200E\u200F\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g;

/** At most `longest` characters, ending in an ellipsis when cut. */
export function bounded(text: string | null | undefined, longest = LONGEST): string {
  if (!text) return '';
  const tame = text.slice(0, longest + 64).replace(UNRULY, '');
  return text.length > longest ? `${tame.slice(0, longest).trimEnd()}…` : tame;
}

/** A journey as people say it: `customer-settings` is Customer settings. A name that is written out stays as it is. */
export function spoken(journey: string): string {
  const words = /[ .]/.test(journey) ? journey : journey.replace(/[-_]/g, ' ');
  const first = [...words.slice(0, 2)][0] ?? '';
  return first.toUpperCase() + words.slice(first.length);
}

/** Only http and https may be opened; anything else is shown and stays closed. */
export function openable(url: string | null | undefined): boolean {
  if (!url) return false;
  try {
    const { protocol } = new URL(url);
    return protocol === 'https:' || protocol === 'http:';
  } catch {
    return false;
  }
}
