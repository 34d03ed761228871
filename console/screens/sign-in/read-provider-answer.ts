const ERRORS = ['denied', 'expired', 'refused', 'not_allowed', 'taken', 'disabled', 'unavailable'] as const
export type ProviderError = (typeof ERRORS)[number]

/** What the server has written behind `#`: a ticket, or why there is none. */
export interface ProviderAnswer {
  ticket: string | undefined
  error: ProviderError | undefined
  /** A path of the console. */
  returnTo: string
}

/** @param hash of the address, with `#`: any page may have written it */
export function readProviderAnswer(hash: string): ProviderAnswer {
  const fields = new URLSearchParams(hash.slice(1))
  const ticket = /^[0-9a-f]{64}$/.exec(fields.get('ticket') ?? '')?.[0]
  const error = ERRORS.find((one) => one === fields.get('error'))
  return {
    ticket: error === undefined ? ticket : undefined,
    error: error ?? (ticket === undefined ? 'expired' : undefined),
    returnTo: toConsolePath(fields.get('return_to') ?? ''),
  }
}

/** By the parser of browsers itself: a path that it reads otherwise leads to the start page. */
function toConsolePath(text: string): string {
  const base = 'https://console.invalid'
  if (!URL.canParse(text, base)) return '/console/'
  const { origin, pathname, search } = new URL(text, base)
  const isOwn = origin === base && pathname.startsWith('/console/') && !pathname.includes('//')
  return isOwn && `${pathname}${search}` === text ? text : '/console/'
}
