/** Light or dark: the system decides unless the person did. */
export const THEMES = ['system', 'light', 'dark'] as const;

export function applyTheme(theme: string): void {
  const root = document.documentElement;
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  else delete root.dataset.theme;
}
