import { defineMessages } from '../../i18n/messages.ts'

/** Texts of calls, live and past, in all screens. */
export const callMessages = defineMessages({
  en: () => import('./messages.en.ts'),
  ru: () => import('./messages.ru.ts'),
  es: () => import('./messages.es.ts'),
})
