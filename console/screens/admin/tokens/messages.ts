import { defineMessages } from '../../../i18n/messages.ts'

export const tokenMessages = defineMessages({
  en: () => import('./messages.en.ts'),
  ru: () => import('./messages.ru.ts'),
  es: () => import('./messages.es.ts'),
})
