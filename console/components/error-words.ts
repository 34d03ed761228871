import { ApiError } from '../api/client.ts'
import type { messages } from './messages.en.ts'

type Texts = (typeof messages)['errors']

/**
 * A failed request in words. The API writes its details in English: there they replace our words, as they are more exact.
 * Elsewhere they follow our words only if these do not state the reason.
 */
export function errorWords(texts: Texts, isEnglish: boolean, err: unknown): string {
  if (!(err instanceof ApiError)) return texts.unexpected
  const detail = err.detail?.trim()
  const known = knownWords(texts, err)
  if (!detail || hasOwnWords(err)) return known ?? texts.unexpected
  if (isEnglish) return toSentence(detail)
  if (known !== undefined && err.code !== 'input_invalid') return known
  return `${known ?? texts.unexpected} ${toSentence(detail)}`
}

/** Failures with details for programs, or with details that add nothing. */
const hasOwnWords = ({ status, code }: ApiError) =>
  [0, 401, 404, 429, 502, 503, 504].includes(status) || code === 'internal'

function knownWords(texts: Texts, { status, code, retryAfterMs }: ApiError): string | undefined {
  if (isKnownCode(texts, code)) return texts.codes[code]
  switch (status) {
    case 0:
      return texts.noAnswer
    case 403:
      return texts.forbidden
    case 404:
      return texts.notFound
    case 409:
    case 412:
      return texts.conflict
    case 429:
      return texts.throttled(Math.ceil((retryAfterMs ?? 1_000) / 1_000))
    case 501:
      return texts.notSupported
    case 502:
    case 503:
      return texts.unavailable
    case 504:
      return texts.unconfirmed
    default:
      return undefined
  }
}

const isKnownCode = (texts: Texts, code: string): code is keyof Texts['codes'] =>
  Object.hasOwn(texts.codes, code)

/** `user_id is for supervisors` → `User id is for supervisors.` */
function toSentence(detail: string): string {
  const words = detail.replace(/^[a-z_]+/, (word) => word.replaceAll('_', ' '))
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?…]$/.test(words) ? '' : '.'}`
}
