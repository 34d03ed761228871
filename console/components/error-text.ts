import { ApiError } from '../api/client.ts'
import { useMessages } from '../i18n/messages.ts'
import { componentMessages } from './messages.ts'

/** @returns a function that describes a failed request in the current language, with the API’s own detail if it has one */
export function useErrorText(): (err: unknown) => string {
  const { errors } = useMessages(componentMessages)
  return (err) => {
    if (!(err instanceof ApiError)) return errors.unexpected
    switch (err.status) {
      case 0:
        return errors.noAnswer
      case 403:
        return err.detail ?? errors.forbidden
      case 404:
        return errors.notFound
      case 409:
      case 412:
        return err.detail ?? errors.conflict
      case 429:
        return errors.throttled(Math.ceil((err.retryAfterMs ?? 1_000) / 1_000))
      case 501:
        return err.detail ?? errors.notSupported
      case 502:
      case 503:
        return errors.unavailable
      case 504:
        return errors.unconfirmed
      default:
        return err.detail ?? errors.unexpected
    }
  }
}
