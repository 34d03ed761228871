import { defineMessages } from '../../i18n/messages.ts'

/** Texts of the campaigns. */
export const campaignMessages = defineMessages({
  en: () => import('./messages.en.ts'),
  ru: () => import('./messages.ru.ts'),
  es: () => import('./messages.es.ts'),
})
