import { LANGUAGES, type Language } from './languages.ts'

export { LANGUAGE_NAMES, LANGUAGES, type Language } from './languages.ts'

const STORAGE_KEY = 'hookswitch.language'

const isLanguage = (value: unknown): value is Language => LANGUAGES.includes(value as Language)

/** The language chosen in this browser, or else the first of the browser’s own that we have, or else English. */
function detect(): Language {
  const chosen = localStorage.getItem(STORAGE_KEY)
  if (isLanguage(chosen)) return chosen
  for (const tag of navigator.languages) {
    const language = tag.slice(0, 2).toLowerCase()
    if (isLanguage(language)) return language
  }
  return 'en'
}

let current = detect()
document.documentElement.lang = current
const listeners = new Set<() => void>()

export const getLanguage = (): Language => current

export function setLanguage(language: Language): void {
  if (language === current) return
  current = language
  localStorage.setItem(STORAGE_KEY, language)
  document.documentElement.lang = language
  for (const listener of listeners) listener()
}

/** @returns a function that removes the listener */
export function onLanguageChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
