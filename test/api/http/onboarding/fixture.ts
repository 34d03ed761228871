import { createProvisioningLinks } from '../../../../api/core/provisioning/provisioning-links.ts'
import type { SipCredentials } from '../../../../api/core/provisioning/sip-credentials.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import { createGuard } from '../../../../api/http/guard.ts'
import { createOnboardingRoutes, type OnboardingRoutesNeeds } from '../../../../api/http/onboarding/routes.ts'
import type { Claims } from '../../../../contract/claims.ts'
import { createRevocationCache } from '../../../../contract/revocation-cache.ts'
import { createTokenVerifier } from '../../../../contract/verdict.ts'
import { createLog } from '../../../../runtime/log.ts'
import { mint, newKey } from '../../../contract/mint-token.ts'
import { sampleUser } from '../../../support/sample-user.ts'

export const nowS = Math.floor(Date.now() / 1000)
const key = newKey('HS256', 'kid-1')
export const anna = sampleUser({
  username: 'usuario@ejemplo.com',
  email: 'usuario@ejemplo.com',
  createdAt: 1_736_937_000,
})
export const sip: SipCredentials = {
  username: '1000',
  authUsername: '1000',
  password: 'aB3dEf6gH9jK',
  domain: 'pbx.tudominio.com',
  port: 5060,
  transport: 'udp',
  displayName: 'usuario',
}
export const tokenOf = (changes: NonNullable<Parameters<typeof mint>[2]> = {}) =>
  mint(key, nowS, { ...changes, claims: { sub: '1', sid: 's', exp: nowS + 3_600, ...changes.claims } })

/** The routes with a real token verifier and in-memory stubs of the core's services. */
export function createOnboardingFixture(difference: Partial<OnboardingRoutesNeeds> = {}) {
  const revocations = createRevocationCache()
  revocations.markFresh(Number.MAX_SAFE_INTEGER, 0)
  const verifier = createTokenVerifier({
    keyring: { find: (kid) => (kid === key.kid ? key : undefined), onChange: () => () => {} },
    revocations,
    now: Date.now,
    monotonic: () => performance.now(),
    maxStalenessMs: 5_000,
    maxTokenLifetimeS: 90_000,
    cacheSize: 100,
  })
  const asked: unknown[] = []
  const tickets = new Map<string, Claims>()
  const credentials = { read: async () => sip }
  const lines: string[] = []
  const needs: OnboardingRoutesNeeds = {
    guard: createGuard(verifier),
    login: {
      async login({ username, password }) {
        asked.push(['login', username])
        if (password !== 'secreto123') throw new Refusal('credentials_wrong')
        const opened = { sessionId: 's', username, refreshToken: 'never shown', remember: false }
        return { ...opened, accessToken: 'a.b.c', expiresIn: 3_600 }
      },
    },
    registration: {
      async register(request) {
        asked.push(request)
        return { user: anna, extension: '1000', isReady: true }
      },
    },
    credentials,
    links: createProvisioningLinks({
      store: {
        put: async (ticket, claims) => void tickets.set(ticket, claims),
        async redeem(ticket) {
          const claims = tickets.get(ticket)
          tickets.delete(ticket)
          return claims
        },
      },
      credentials,
      verifier,
      now: Date.now,
    }),
    publicUrlSettings: {
      publicUrl: undefined,
      appUrl: '',
      allowedOrigins: ['https://voice.example.org:8080'],
    },
    qrDataUri: (text) => `data:drawn,${text}`,
    log: createLog('test', 'debug', { write: (line) => void lines.push(line) }),
    ...difference,
  }
  const app = createOnboardingRoutes(needs)

  interface Ask {
    token?: string
    json?: unknown
    body?: string
    headers?: Record<string, string>
  }
  async function ask(method: string, path: string, { token, json, body, headers }: Ask = {}) {
    const sent = body ?? (json === undefined ? undefined : JSON.stringify(json))
    const res = await app.request(path, {
      method,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }),
        Host: 'voice.example.org:8080',
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    })
    const text = await res.text()
    const isJson = res.headers.get('content-type')?.includes('json') === true
    return { status: res.status, headers: res.headers, text, body: isJson ? JSON.parse(text) : undefined }
  }
  return { ask, asked, revocations, lines }
}
