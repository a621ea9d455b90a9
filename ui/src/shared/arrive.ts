/**
 * Where the focus goes when a page comes. A dialog that stays over it keeps the focus: it would be thrown back into the dialog, but not to
 * the field it was in. The palette that led here is still there when the page comes, and gone a moment later.
 */
const MOMENT_MS = 50;

export function arriveAt(field: HTMLElement | null | undefined): void {
  const covered = () => document.querySelector('[role="dialog"]') !== null;
  if (!covered()) return field?.focus();
  setTimeout(() => {
    if (!covered()) field?.focus();
  }, MOMENT_MS);
}
