import { defineMessages } from '../../i18n/messages.ts'

/** Texts of the pages that mails link to. */
export const accountMessages = defineMessages({
  en: () => import('./account-messages.en.ts'),
  ru: () => import('./account-messages.ru.ts'),
  es: () => import('./account-messages.es.ts'),
})
