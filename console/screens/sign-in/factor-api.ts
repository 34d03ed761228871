import type { messages } from '../../components/factors/messages.en.ts'

type FailureTexts = typeof messages.failed

/** A request of the sign-in that was refused, in words for the person. */
export class FactorError extends Error {
  /** Whether the sign-in begins again, with the password. */
  readonly isOver: boolean
  constructor(text: string, { isOver = false } = {}) {
    super(text)
    this.isOver = isOver
  }
}

/**
 * What went wrong with a passkey. Only what the browser or the person refused, and what the server did not accept, is the
 * passkey's own failure: too many tries and an outage are not.
 */
export function describePasskeyError(err: unknown, texts: FailureTexts): string {
  const isOwn = err instanceof FactorError && err.message !== texts.wrong
  return isOwn ? err.message : texts.passkey
}

/**
 * By `fetch` itself, as the sign-in page has no session and loads no typed client.
 * @throws {FactorError}
 */
export async function postSignIn<T>(path: string, body: object, texts: FailureTexts): Promise<T> {
  const response = await fetch(`/api/v1/sign-in/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => undefined)
  switch (response?.status) {
    case 200:
      return (await response.json()) as T // as the document has it
    case 400:
    case 401:
    case 403:
      throw new FactorError(texts.wrong)
    case 404:
    case 409:
      throw new FactorError(texts.ended, { isOver: true })
    case 429:
      throw new FactorError(texts.throttled)
    default:
      throw new FactorError(texts.unavailable)
  }
}
