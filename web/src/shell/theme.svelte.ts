const KEY = 'theme';
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Light or dark, as the system or as the reader wants it. Kept in the browser: it is about this screen. */
class ThemeChoice {
  current = $state<Theme>('system');

  start(): void {
    const kept = localStorage.getItem(KEY);
    this.choose(THEMES.find((theme) => theme === kept) ?? 'system');
  }

  choose(theme: Theme): void {
    this.current = theme;
    localStorage.setItem(KEY, theme);
    document.documentElement.dataset['theme'] = theme;
  }
}

export const themeChoice = new ThemeChoice();
