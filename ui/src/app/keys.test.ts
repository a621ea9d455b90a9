import { afterEach, describe, expect, it, vi } from 'vitest';
import { keys, shown, type Shortcut } from './keys.svelte';

const press = (key: string, init: KeyboardEventInit = {}, target: HTMLElement = document.body) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init });
  target.addEventListener('keydown', (heard) => keys.handle(heard), { once: true });
  target.dispatchEvent(event);
  return event;
};
const shortcut = (key: string, run: () => void, more: Partial<Shortcut> = {}): Shortcut => ({
  keys: [key],
  says: key,
  run,
  ...more,
});

let stops: (() => void)[] = [];
const add = (name: string, shortcuts: Shortcut[]) => stops.push(keys.add(name, shortcuts));
afterEach(() => {
  stops.forEach((stop) => stop());
  stops = [];
  document.body.replaceChildren();
});

describe('the keyboard', () => {
  it('gives a key to the newest scope, and back when that is gone', () => {
    const [list, detail] = [vi.fn(), vi.fn()];
    add('list', [shortcut('d', list)]);
    const stop = keys.add('detail', [shortcut('d', detail)]);
    expect(press('d').defaultPrevented).toBe(true);
    stop();
    press('d');
    expect(detail).toHaveBeenCalledTimes(1);
    expect(list).toHaveBeenCalledTimes(1);
  });
  it('leaves letters to the person who types', () => {
    const [letter, palette] = [vi.fn(), vi.fn()];
    add('all', [shortcut('d', letter), shortcut('Mod+k', palette, { typing: true })]);
    const input = document.body.appendChild(document.createElement('textarea'));
    press('d', {}, input);
    press('k', { ctrlKey: true }, input);
    expect(letter).not.toHaveBeenCalled();
    expect(palette).toHaveBeenCalledTimes(1);
  });
  it('is not tricked by modifiers, composition or what was handled already', () => {
    const letter = vi.fn();
    add('all', [shortcut('d', letter)]);
    press('d', { ctrlKey: true });
    press('d', { altKey: true });
    press('d', { isComposing: true });
    expect(letter).not.toHaveBeenCalled();
  });
  it('leaves Enter to the button that has the focus, and arrows to what scrolls', () => {
    const run = vi.fn();
    add('all', [shortcut('Enter', run), shortcut('ArrowDown', run)]);
    const button = document.body.appendChild(document.createElement('button'));
    expect(press('Enter', {}, button).defaultPrevented).toBe(false);
    const region = document.body.appendChild(document.createElement('div'));
    region.tabIndex = 0;
    press('ArrowDown', {}, region);
    expect(run).not.toHaveBeenCalled();
    region.setAttribute('role', 'grid');
    press('ArrowDown', {}, region);
    expect(run).toHaveBeenCalledTimes(1);
  });
  it('keeps a scope that comes in the same turn as another goes', () => {
    const stop = keys.add('first', []);
    add('second', []);
    stop();
    expect(keys.scopes.map(({ name }) => name)).toEqual(['second']);
  });
  it('keeps quiet under a dialog', () => {
    const letter = vi.fn();
    add('all', [shortcut('d', letter)]);
    document.body.appendChild(document.createElement('div')).setAttribute('role', 'dialog');
    press('d');
    expect(letter).not.toHaveBeenCalled();
  });
  it('writes keys for people', () => {
    expect(shown('Mod+k')).toBe('Ctrl k');
    expect(shown('ArrowDown')).toBe('↓');
    expect(shown('/')).toBe('/');
  });
});
