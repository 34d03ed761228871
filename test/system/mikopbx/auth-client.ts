import { requestJson } from '../../support/http-client.ts'
import { type Stack, startStack } from '../../support/stack.ts'

export const FORM = 'login=user1&password=password&rememberMe=false'

/** A stack that trusts a proxy and allows a page and an app of other origins. */
export const startMikopbxStack = (): Promise<Stack> =>
  startStack({
    env: {
      HOOKSWITCH_TRUSTED_PROXIES: '127.0.0.0/8',
      // The first is not in normal form.
      HOOKSWITCH_ALLOWED_ORIGINS: 'https://PBX.example.org:443/, capacitor://localhost',
    },
  })

/** A client of the surface at `base`. */
export function createMikopbxClient(base: () => string) {
  return {
    form: (body: string, headers: Record<string, string> = {}) =>
      requestJson(`${base()}/auth:login`, {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      }),
    refresh: (secret: string, headers: Record<string, string> = {}, path = 'auth:refresh') =>
      requestJson(`${base()}/${path}`, {
        method: 'POST',
        headers: { Cookie: `refreshToken=${secret}`, ...headers },
      }),
  }
}

export const cookieOf = (headers: Headers) =>
  headers.getSetCookie().find((one) => one.startsWith('refreshToken=')) ?? ''
export const secretOf = (headers: Headers) => /^refreshToken=([^;]*)/.exec(cookieOf(headers))?.[1] ?? ''
export const refused = (status: number, error: string) => ({
  status,
  body: { result: false, messages: { error: [error] } },
})
