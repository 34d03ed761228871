export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const STORAGE_KEY = 'hookswitch.theme'

export function getTheme(): Theme {
  const stored = localStorage.getItem(STORAGE_KEY)
  return THEMES.find((theme) => theme === stored) ?? 'auto'
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(STORAGE_KEY, theme)
  applyTheme()
}

/** `auto` follows the system: console/styles/tokens.css. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = getTheme()
}
