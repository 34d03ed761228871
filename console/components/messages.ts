import { defineMessages } from '../i18n/messages.ts'

/** Texts of the components that all screens use. */
export const componentMessages = defineMessages({
  en: () => import('./messages.en.ts'),
  ru: () => import('./messages.ru.ts'),
  es: () => import('./messages.es.ts'),
})
