import { defineMessages } from '../../../i18n/messages.ts'

/** Texts of a campaign's script and results. */
export const campaignTextMessages = defineMessages({
  en: () => import('./messages.en.ts'),
  ru: () => import('./messages.ru.ts'),
  es: () => import('./messages.es.ts'),
})
