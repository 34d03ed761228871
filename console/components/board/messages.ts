import { defineMessages } from '../../i18n/messages.ts'

/** Words that the board and the wallboard have in common. */
export const boardWords = defineMessages({
  en: () => import('./messages.en.ts'),
  ru: () => import('./messages.ru.ts'),
  es: () => import('./messages.es.ts'),
})
