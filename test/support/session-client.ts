import { type JsonReply, mediaStatus, requestJson, type SessionTokens } from './http-client.ts'
import { requestLogin, requestLogout, requestRefresh, sessionTokensOf } from './mikopbx-client.ts'
import { CHEAP_PASSWORD } from './seed-users.ts'
import type { Stack } from './stack.ts'

/** A client of one session, which retries when the answer asks for it. */
export interface SessionClient {
  /** @returns whether it still goes on */
  refresh(): Promise<boolean>
  logout(): Promise<void>
  /** What a file answers its newest access token. */
  media(): Promise<number>
}

/** What all clients did. */
export interface SessionCounts {
  logins: number
  refreshes: number
  logouts: number
  unavailable: number
}

interface Surface {
  login(stack: Stack, username: string): Promise<JsonReply>
  refresh(stack: Stack, session: SessionTokens): Promise<JsonReply>
  logout(stack: Stack, session: SessionTokens): Promise<JsonReply>
  read(reply: JsonReply, before?: SessionTokens): SessionTokens
}

export const SURFACES = {
  /** A refresh token that stays the same. */
  softphone: {
    login: (stack, username) =>
      requestJson(`${stack.base}/auth/login`, { json: { username, password: CHEAP_PASSWORD } }),
    refresh: (stack, { refresh }) =>
      requestJson(`${stack.base}/auth/refresh`, { method: 'POST', token: refresh }),
    logout: (stack, { access }) =>
      requestJson(`${stack.base}/auth/logout`, { method: 'POST', token: access }),
    read: ({ body }, before) => ({
      access: String(body.access_token),
      refresh: before?.refresh ?? String(body.refresh_token),
    }),
  },
  /** A cookie with another secret each time. */
  mikopbx: {
    login: (stack, username) => requestLogin(stack, username, CHEAP_PASSWORD),
    refresh: (stack, { refresh }) => requestRefresh(stack, refresh),
    logout: requestLogout,
    read: (reply) => sessionTokensOf(reply) ?? { access: '', refresh: '' },
  },
} satisfies Record<string, Surface>

/** @throws for any answer but yes, no, and "try again" */
export async function loginSessionClient(
  stack: Stack,
  surface: keyof typeof SURFACES,
  username: string,
  count: SessionCounts,
): Promise<SessionClient> {
  const { login, refresh, logout, read }: Surface = SURFACES[surface]

  async function retryWhileUnavailable(send: () => Promise<JsonReply>): Promise<JsonReply> {
    for (;;) {
      const reply = await send()
      if (reply.status === 200 || reply.status === 401) return reply
      if (reply.status !== 503) throw new Error(`${surface} answered ${reply.status}`)
      count.unavailable += 1
      await new Promise((resolve) =>
        setTimeout(resolve, 1000 * Number(reply.headers.get('retry-after') ?? 1)),
      )
    }
  }

  const reply = await retryWhileUnavailable(() => login(stack, username))
  if (reply.status !== 200) throw new Error(`login of ${username} failed with ${reply.status}`)
  count.logins += 1
  let session = read(reply)
  return {
    async refresh() {
      const refreshed = await retryWhileUnavailable(() => refresh(stack, session))
      if (refreshed.status === 401) return false
      count.refreshes += 1
      session = read(refreshed, session)
      return true
    },
    async logout() {
      // A 401 after a 503 means that it has ended meanwhile.
      await retryWhileUnavailable(() => logout(stack, session))
      count.logouts += 1
    },
    media: () => mediaStatus(stack, '1001/hello.wav', session.access),
  }
}
