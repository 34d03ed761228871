import { defineMessages } from '../../i18n/messages.ts'

/** Texts of the page to which an identity provider leads back. */
export const providerMessages = defineMessages({
  en: () => import('./provider-messages.en.ts'),
  ru: () => import('./provider-messages.ru.ts'),
  es: () => import('./provider-messages.es.ts'),
})
