/**
 * Where the focus goes when a page comes. A dialog over it keeps the focus: it would be thrown back into the dialog, but not to
 * the field it was in.
 */
export function arriveAt(field: HTMLElement | null | undefined): void {
  if (!document.querySelector('[role="dialog"]')) field?.focus();
}
