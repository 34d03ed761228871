import { defineMessages } from '../../i18n/messages.ts'

/** Texts of charts. */
export const chartMessages = defineMessages({
  en: () => import('./messages.en.ts'),
  ru: () => import('./messages.ru.ts'),
  es: () => import('./messages.es.ts'),
})
