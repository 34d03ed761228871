import { useLanguage, useMessages } from '../i18n/messages.ts'
import { errorWords } from './error-words.ts'
import { componentMessages } from './messages.ts'

/** @returns a function that describes a failed request in the current language */
export function useErrorText(): (err: unknown) => string {
  const { errors } = useMessages(componentMessages)
  const language = useLanguage()
  return (err) => errorWords(errors, language === 'en', err)
}
