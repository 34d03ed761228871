import { ApiError } from '../../api/client.ts'
import { useErrorText } from '../../components/error-text.ts'
import { useMessages } from '../../i18n/messages.ts'
import { accountMessages } from './account-messages.ts'

/** A text that is not one of our tokens. */
export class InvalidCodeError extends Error {}

/** @returns a function that describes a failure in the words of the account pages */
export function useAccountErrorText(): (err: unknown) => string {
  const texts = useMessages(accountMessages)
  const describe = useErrorText()
  return (err) => {
    if (err instanceof InvalidCodeError) return texts.codeInvalid
    if (!(err instanceof ApiError)) return describe(err)
    switch (err.status) {
      case 403:
        return texts.notAllowed
      case 404:
        return texts.linkInvalid
      case 409:
        return err.code === 'conflict' ? texts.passwordElsewhere : texts.taken
      case 501:
        return texts.noMail
      default:
        return describe(err)
    }
  }
}
