import { readToken } from './fragment-token.ts'

let taken: string | undefined

/** Reads the token of the page’s address once, and removes it from there: history and screenshots do not have it. */
export function takeFragmentToken(): string | undefined {
  if (location.hash !== '') {
    taken = readToken(location.hash)
    history.replaceState(null, '', location.pathname)
  }
  return taken
}
