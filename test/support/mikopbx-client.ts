import { ask, type LoggedIn, type Reply } from './http-client.ts'
import type { Stack } from './stack.ts'

/** Sessions of MikoPBX REST v3: `refresh` is the secret in the cookie, another one each time. */
const auth = (stack: Stack, verb: string) => `${stack.url}/pbxcore/api/v3/auth:${verb}`

const COOKIE = 'refreshToken'

/** What an answer delivered; undefined unless it is a 200. */
export function delivered({ status, headers, body }: Reply): LoggedIn | undefined {
  if (status !== 200) return undefined
  const [, refresh = ''] = /^refreshToken=([^;]*)/.exec(headers.getSetCookie().at(0) ?? '') ?? []
  const { accessToken } = body.data as { accessToken: string } // as its document has it
  return { access: accessToken, refresh }
}

export const askLogin = (stack: Stack, login: string, password: string) =>
  ask(auth(stack, 'login'), { json: { login, password } })

export const askRefresh = (stack: Stack, secret: string) =>
  ask(auth(stack, 'refresh'), { method: 'POST', headers: { Cookie: `${COOKIE}=${secret}` } })

export const askLogout = (stack: Stack, { access, refresh }: LoggedIn) =>
  ask(auth(stack, 'logout'), {
    method: 'POST',
    token: access,
    headers: { Cookie: `${COOKIE}=${refresh}` },
  })

export async function loginByCookie(
  stack: Stack,
  username = 'user1',
  password = 'password',
): Promise<LoggedIn> {
  const reply = await askLogin(stack, username, password)
  const session = delivered(reply)
  if (session === undefined) throw new Error(`login of ${username} failed with ${reply.status}`)
  return session
}
