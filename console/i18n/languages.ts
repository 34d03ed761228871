/** The languages of the console, each complete. */
export const LANGUAGES = ['en', 'ru', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', ru: 'Русский', es: 'Español' }
