import type { TokenApi } from './api.ts'
import { TokenCommandError } from './errors.ts'
import { withFileLock } from './file-lock.ts'
import type { RedactingOutput } from './redacting-output.ts'
import { type CachedToken, isFresh, type TokenCache } from './token-cache.ts'

export interface GetTokenNeeds {
  api: TokenApi
  cache: TokenCache
  output: RedactingOutput
  password: string | undefined
  /** How long to wait for other runs. */
  lockTimeoutMs: number
  now: () => number
}

/**
 * A good access token: the kept one, else the next one for the kept cookie, else one of a new login.
 * Runs at the same time take turns, and those that waited use what the first one got.
 * @throws {TokenCommandError}
 */
export async function getToken(needs: GetTokenNeeds, { fresh }: { fresh: boolean }): Promise<string> {
  const { api, cache, output, password, lockTimeoutMs, now } = needs
  const read = () => (fresh ? undefined : cache.read())
  const cachedBefore = read()
  if (cachedBefore !== undefined && isFresh(cachedBefore, now())) return cachedBefore.accessToken

  return withFileLock(cache.lockPath, lockTimeoutMs, async () => {
    const cached = read()
    if (cached !== undefined && isFresh(cached, now())) return cached.accessToken
    const next = (cached && (await refreshed(cached))) ?? (await loggedIn())
    cache.write(next)
    return next.accessToken
  })

  async function refreshed({ cookie }: CachedToken): Promise<CachedToken | undefined> {
    const next = cookie === undefined ? { reason: 'nothing to renew it with' } : await api.refresh(cookie)
    if (!('reason' in next)) return next
    if (password !== undefined) {
      output.debug(`the kept session is over ("${next.reason}"); logging in anew`)
      return undefined
    }
    throw new TokenCommandError(
      'ended',
      `the session has ended ("${next.reason}"): set MIKOPBX_PASSWORD to log in again`,
    )
  }

  async function loggedIn(): Promise<CachedToken> {
    if (password !== undefined) return api.login(password)
    throw new TokenCommandError(
      'usage',
      'MIKOPBX_PASSWORD is not set: set it, or name its file in MIKOPBX_PASSWORD_FILE',
    )
  }
}

/** Logs the cached session out and clears the cache, even when the server cannot be reached. */
export function logoutAndClear({ api, cache, output, lockTimeoutMs }: GetTokenNeeds): Promise<void> {
  return withFileLock(cache.lockPath, lockTimeoutMs, async () => {
    const cached = cache.read()
    cache.remove()
    if (cached === undefined) return output.print('nothing is kept')
    let refusal = await api.logout(cached)
    if (refusal !== undefined && cached.cookie !== undefined) {
      // The access token may have run out, and some servers go by it alone.
      const next = await api.refresh(cached.cookie)
      refusal = 'reason' in next ? next : await api.logout(next)
    }
    output.print(refusal === undefined ? 'logged out' : `the session had ended before ("${refusal.reason}")`)
  })
}
