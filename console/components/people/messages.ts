import { defineMessages } from '../../i18n/messages.ts'

/** Texts of people and their presence, in all screens. */
export const peopleMessages = defineMessages({
  en: () => import('./messages.en.ts'),
  ru: () => import('./messages.ru.ts'),
  es: () => import('./messages.es.ts'),
})
