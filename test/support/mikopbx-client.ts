import { type JsonReply, requestJson, type SessionTokens } from './http-client.ts'
import type { Stack } from './stack.ts'

/** Sessions of MikoPBX REST v3: `refresh` is the secret in the cookie, another one each time. */
const auth = (stack: Stack, verb: string) => `${stack.url}/pbxcore/api/v3/auth:${verb}`

const COOKIE = 'refreshToken'

/** What an answer delivered; undefined unless it is a 200. */
export function sessionTokensOf({ status, headers, body }: JsonReply): SessionTokens | undefined {
  if (status !== 200) return undefined
  const [, refresh = ''] = /^refreshToken=([^;]*)/.exec(headers.getSetCookie().at(0) ?? '') ?? []
  const { accessToken } = body.data as { accessToken: string } // as its document has it
  return { access: accessToken, refresh }
}

export const requestLogin = (stack: Stack, login: string, password: string) =>
  requestJson(auth(stack, 'login'), { json: { login, password } })

export const requestRefresh = (stack: Stack, secret: string) =>
  requestJson(auth(stack, 'refresh'), { method: 'POST', headers: { Cookie: `${COOKIE}=${secret}` } })

export const requestLogout = (stack: Stack, { access, refresh }: SessionTokens) =>
  requestJson(auth(stack, 'logout'), {
    method: 'POST',
    token: access,
    headers: { Cookie: `${COOKIE}=${refresh}` },
  })

export async function loginByCookie(
  stack: Stack,
  username = 'user1',
  password = 'password',
): Promise<SessionTokens> {
  const reply = await requestLogin(stack, username, password)
  const session = sessionTokensOf(reply)
  if (session === undefined) throw new Error(`login of ${username} failed with ${reply.status}`)
  return session
}
