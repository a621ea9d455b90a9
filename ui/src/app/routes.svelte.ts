/**
 * Where the window is: one hash such as `#/watch/ID`. The core's `go` event, the palette and links all use the same
 * words. `/declare` and `/capture` are dialogs over the current page, not pages.
 */
import { openCapture, openDeclare } from './dialogs.svelte';

export const PAGES = [
  'watch',
  'incident',
  'follow-ups',
  'postmortem',
  'library',
  'slos',
  'connections',
  'outbox',
  'inbox',
  'oncall',
  'settings',
  'doctor',
] as const;
export type Page = (typeof PAGES)[number];

interface Route {
  page: Page;
  /** What follows the page, decoded: an id, a section. */
  rest: string[];
}

class Here {
  route = $state.raw<Route>({ page: 'watch', rest: [] });
}

export const here = new Here();

/** The address of a page, for links. */
export function at(page: Page, ...rest: string[]): string {
  return `#/${[page, ...rest].map(encodeURIComponent).join('/')}`;
}

export function go(page: Page, ...rest: string[]): void {
  window.location.hash = at(page, ...rest);
}

/** Follow an address as the core writes it, such as `/incident/ID`. */
export function follow(to: string): void {
  const [word, ...rest] = partsOf(to);
  if (word === 'declare') return openDeclare(rest[0] ? [rest[0]] : []);
  if (word === 'capture') return openCapture();
  if (isPage(word)) go(word, ...rest);
}

/** Listen to the address; once, when the page starts. */
export function startRoutes(): () => void {
  const read = () => {
    const [word, ...rest] = partsOf(window.location.hash.slice(1));
    if (word === 'declare') openDeclare(rest[0] ? [rest[0]] : []);
    if (word === 'capture') openCapture();
    here.route = isPage(word) ? { page: word, rest } : { page: 'watch', rest: [] };
  };
  read();
  window.addEventListener('hashchange', read);
  return () => window.removeEventListener('hashchange', read);
}

function partsOf(path: string): string[] {
  return path
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
}

function isPage(word: string | undefined): word is Page {
  return (PAGES as readonly (string | undefined)[]).includes(word);
}
