/**
 * The keyboard: every part of the screen registers its keys while it is shown, the newest first, so that a detail
 * wins over its list. While the person types, or a dialog is open, only keys that say so still work. The help sheet
 * reads the same registry, so it cannot lie.
 */

import { untrack } from 'svelte';

export interface Shortcut {
  /** As `KeyboardEvent.key`; `Mod+` stands for Ctrl or Cmd. Several may do the same. */
  keys: string[];
  says: string;
  run: () => void;
  /** Works while typing too. */
  typing?: boolean;
  /** Not in the help sheet: a synonym. */
  silent?: boolean;
}

interface Scope {
  name: string;
  shortcuts: Shortcut[];
}

class Registry {
  // A plain list: inside a teardown Svelte answers reactive reads with the value of before, and a scope that was
  // added in the same turn would be lost. The counter tells the help sheet that the list changed.
  #scopes: Scope[] = [];
  #changes = $state(0);
  #count = 0;

  get scopes(): Scope[] {
    void this.#changes;
    return [...this.#scopes];
  }

  add(name: string, shortcuts: Shortcut[]): () => void {
    const scope = { name, shortcuts };
    this.#scopes.push(scope);
    this.#changes = ++this.#count;
    return () => {
      this.#scopes.splice(this.#scopes.indexOf(scope), 1);
      this.#changes = ++this.#count;
    };
  }

  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const pressed = nameOf(event);
    if (isOwn(pressed, event.target)) return;
    const typing = isTyping(event.target);
    const modal = document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;
    for (const scope of [...this.#scopes].reverse()) {
      for (const shortcut of scope.shortcuts) {
        if (!shortcut.keys.includes(pressed)) continue;
        if ((typing || modal) && !shortcut.typing) continue;
        event.preventDefault();
        shortcut.run();
        return;
      }
    }
  }
}

export const keys = new Registry();

/** Call while a component is set up; the keys live as long as the component. */
export function useKeys(name: string, shortcuts: Shortcut[]): void {
  $effect.pre(() => untrack(() => keys.add(name, shortcuts)));
}

/** A key as the help sheet and labels show it. */
export function shown(key: string): string {
  const words: Record<string, string> = { ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc', ' ': 'Space' };
  return key.replace('Mod+', 'Ctrl ').replace(/[^+ ]+$/, (last) => words[last] ?? last);
}

function nameOf(event: KeyboardEvent): string {
  const key =
    event.key.length === 1 && (event.ctrlKey || event.metaKey) ? event.key.toLowerCase() : event.key;
  if (event.altKey) return `Alt+${key}`;
  return event.ctrlKey || event.metaKey ? `Mod+${key}` : key;
}

/** Keys a focused control already answers to: Enter on a button, arrows in what scrolls. */
function isOwn(pressed: string, target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (pressed === 'Enter' || pressed === ' ')
    return target.closest('button, a[href], summary, label') !== null;
  if (pressed.startsWith('Arrow')) return target.matches('[tabindex="0"]:not([role="grid"])');
  return false;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'button', 'file'].includes(target.type);
  return (
    target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  );
}
