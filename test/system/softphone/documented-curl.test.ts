import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '../../support/stack.ts'

const run = promisify(execFile)

/** The document's own lines ("CLI Examples"); each prints its response behind a `#` line. */
const SCRIPT = String.raw`
set -eu
LOGIN_RES="$(curl -sS -X POST "$BASE_URL/auth/login" \
  -H "Content-Type: application/json" \
  -d '{"username":"201","password":"b749601f329a635a19c4a87bc359be3d"}')"
echo "#login"; echo "$LOGIN_RES"
ACCESS_TOKEN="$(printf '%s\n' "$LOGIN_RES" | sed -nE 's/.*"access_token":"([^"]+)".*/\1/p')"
REFRESH_TOKEN="$(printf '%s\n' "$LOGIN_RES" | sed -nE 's/.*"refresh_token":"([^"]+)".*/\1/p')"
W='\n%{http_code}\n'

echo "#profile"
curl -sS "$BASE_URL/profile" -w "$W" \
  -H "Authorization: Bearer $ACCESS_TOKEN"
echo "#refresh"
curl -sS -X POST "$BASE_URL/auth/refresh" -w "$W" \
  -H "Authorization: Bearer $REFRESH_TOKEN"
echo "#health"
curl -sS "$BASE_URL/health" -w "$W"
echo "#check-media-access"
curl -sS "$BASE_URL/check-media-access" -w "$W" \
  -H "Authorization: Bearer $ACCESS_TOKEN"
echo "#profile with an invalid token"
curl -sS "$BASE_URL/profile" -w "$W" \
  -H "Authorization: Bearer invalid_token"
echo "#profile with a refresh token"
curl -sS "$BASE_URL/profile" -w "$W" \
  -H "Authorization: Bearer $REFRESH_TOKEN"
echo "#login without credentials"
curl -sS -X POST "$BASE_URL/auth/login" -w "$W" \
  -H "Content-Type: application/json" \
  -d '{"username":"","password":""}'
echo "#publish"
curl -sS -X POST "$BASE_URL/pub/users-state" -w "$W" \
  -H "Content-Type: application/json" \
  -d '{"event":"users-state-update"}'
echo "#subscribe"
curl -sS "$BASE_URL/sub/users-state?authorization=$ACCESS_TOKEN" -w "$W"
echo "#logout"
curl -sS -X POST "$BASE_URL/auth/logout" -w "$W" \
  -H "Authorization: Bearer $ACCESS_TOKEN"
`

describe("the document's curl lines", () => {
  let stack: Stack
  const answers = new Map<string, { status: number; body: Record<string, unknown> }>()

  beforeAll(async () => {
    stack = await startStack()
    const { stdout } = await run('bash', ['-c', SCRIPT], { env: { ...process.env, BASE_URL: stack.base } })
    for (const part of stdout.split(/^#/m).slice(1)) {
      const [name = '', body = '', status = '200'] = part.trim().split('\n')
      answers.set(name, { status: Number(status), body: JSON.parse(body) })
    }
  })
  afterAll(() => stack?.stop())

  const text = expect.any(String)
  const jwt = expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/)
  const timestamp = expect.closeTo(Date.now() / 1000, -3)
  const refused = (error: string) => ({ success: false, error, timestamp })

  test.each([
    [
      'login',
      200,
      { success: true, access_token: jwt, refresh_token: jwt, token_type: 'Bearer', expires_in: 3600 },
    ],
    ['profile', 200, { success: true, user: { id: expect.any(Number), username: '201', role: 'user' } }],
    ['refresh', 200, { success: true, access_token: jwt, token_type: 'Bearer', expires_in: 3600 }],
    ['health', 200, { success: true, status: 'ok', timestamp }],
    ['check-media-access', 200, { success: true }],
    ['profile with an invalid token', 401, refused('Unauthorized. Token required')],
    ['profile with a refresh token', 403, refused('Invalid token type')],
    ['login without credentials', 400, refused('Invalid credentials provided')],
    ['publish', 202, { success: true, subscribers: 0, seq: 1, epoch: text }],
    ['subscribe', 200, { event: 'users-state-update', seq: 1, epoch: text }],
    ['logout', 200, { success: true, message: 'Logged out successfully' }],
  ])('%s answers %d with the documented body', (name, status, body) => {
    expect(answers.get(name)).toEqual({ status, body })
  })
})
