import type { Api } from './api.ts'
import { TokenFailure } from './errors.ts'
import { inTurn } from './file-lock.ts'
import type { Voice } from './redacting-output.ts'
import { isFresh, type Keeper, type Kept } from './token-cache.ts'

export interface ObtainNeeds {
  api: Api
  keeper: Keeper
  voice: Voice
  password: string | undefined
  /** How long to wait for other runs. */
  patienceMs: number
  now: () => number
}

/**
 * A good access token: the kept one, else the next one for the kept cookie, else one of a new login.
 * Runs at the same time take turns, and those that waited use what the first one got.
 * @throws {TokenFailure}
 */
export async function obtain(needs: ObtainNeeds, { fresh }: { fresh: boolean }): Promise<string> {
  const { api, keeper, voice, password, patienceMs, now } = needs
  const read = () => (fresh ? undefined : keeper.read())
  const early = read()
  if (early !== undefined && isFresh(early, now())) return early.accessToken

  return inTurn(keeper.lockPath, patienceMs, async () => {
    const kept = read()
    if (kept !== undefined && isFresh(kept, now())) return kept.accessToken
    const next = (kept && (await renewed(kept))) ?? (await loggedIn())
    keeper.write(next)
    return next.accessToken
  })

  async function renewed({ cookie }: Kept): Promise<Kept | undefined> {
    const next = cookie === undefined ? { refused: 'nothing to renew it with' } : await api.renew(cookie)
    if (!('refused' in next)) return next
    if (password !== undefined) {
      voice.debug(`the kept session is over ("${next.refused}"); logging in anew`)
      return undefined
    }
    throw new TokenFailure(
      'ended',
      `the session has ended ("${next.refused}"): set MIKOPBX_PASSWORD to log in again`,
    )
  }

  async function loggedIn(): Promise<Kept> {
    if (password !== undefined) return api.login(password)
    throw new TokenFailure(
      'usage',
      'MIKOPBX_PASSWORD is not set: set it, or name its file in MIKOPBX_PASSWORD_FILE',
    )
  }
}

/** Logs the kept session out and removes what is kept, even where the server cannot be told. */
export function forget({ api, keeper, voice, patienceMs }: ObtainNeeds): Promise<void> {
  return inTurn(keeper.lockPath, patienceMs, async () => {
    const kept = keeper.read()
    keeper.remove()
    if (kept === undefined) return voice.say('nothing is kept')
    let refused = await api.logout(kept)
    if (refused !== undefined && kept.cookie !== undefined) {
      // The access token may have run out, and some servers go by it alone.
      const next = await api.renew(kept.cookie)
      refused = 'refused' in next ? next : await api.logout(next)
    }
    voice.say(refused === undefined ? 'logged out' : `the session had ended before ("${refused.refused}")`)
  })
}
