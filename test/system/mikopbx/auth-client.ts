import { requestJson } from '../../support/http-client.ts'

export const FORM = 'login=user1&password=password&rememberMe=false'

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
