import { defineMessages } from '../i18n/messages.ts'

/** Texts of the frame around all screens. */
export const appMessages = defineMessages({
  en: () => import('./messages.en.ts'),
  ru: () => import('./messages.ru.ts'),
  es: () => import('./messages.es.ts'),
})
