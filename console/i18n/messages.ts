import { use, useSyncExternalStore } from 'react'
import { getLanguage, type Language, onLanguageChange } from './language.ts'

/**
 * The texts of one part of the console. Each part has `messages.en.ts`, `messages.ru.ts` and `messages.es.ts`; the type
 * of the English one is the type of all, so that a missing text does not compile. Browsers load one language.
 */
export interface Messages<T> {
  load(language: Language): Promise<T>
}

export function defineMessages<T>(loaders: Record<Language, () => Promise<{ messages: T }>>): Messages<T> {
  const loaded = new Map<Language, Promise<T>>()
  return {
    load(language) {
      const known = loaded.get(language)
      if (known !== undefined) return known
      const loading = loaders[language]().then(({ messages }) => messages)
      loaded.set(language, loading)
      // A failed download is tried again by the next render.
      loading.catch(() => loaded.delete(language))
      return loading
    },
  }
}

/** The texts in the current language. Suspends until they are loaded. */
export function useMessages<T>(messages: Messages<T>): T {
  return use(messages.load(useLanguage()))
}

/** The texts in the language of this moment, for what is shown after a wait. */
export const currentMessages = <T>(messages: Messages<T>): Promise<T> => messages.load(getLanguage())

export const useLanguage = (): Language => useSyncExternalStore(onLanguageChange, getLanguage)
