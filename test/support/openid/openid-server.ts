import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { Provider } from 'oidc-provider'

export const CLIENT_ID = 'hookswitch'
export const CLIENT_SECRET = 'a secret of thirty-two characters'

/** The claims of a person; `sub` is the account's id. */
export type Person = { sub: string } & Record<string, unknown>

/** A real OpenID provider (the package oidc-provider) on a loopback port, with faults that a test chooses. */
export interface OpenIdServer {
  issuer: string
  /** Who signs in next. Each browser signs in afresh: the provider asks each time. */
  person: Person
  /** Changes the claims of ID tokens before they are signed. */
  changeIdToken: (claims: JWTPayload) => JWTPayload
  /** Changes the parameters of the redirect to the client. */
  changeRedirect: (url: URL) => void
  /** Paths that are never answered. */
  hangs: RegExp | undefined
  denies: boolean
  /** How often the keys were fetched. */
  keyFetches: number
  /** Signs with a new key from now on, and serves that one alone. */
  rotateKeys(): Promise<void>
  /** Signs with a key that the server does not serve. */
  sign(claims: JWTPayload, about?: { typ?: string; foreign?: boolean }): Promise<string>
  /** A logout token that is good but for its changes. */
  logoutToken(changes: JWTPayload, about?: { typ?: string; foreign?: boolean }): Promise<string>
  /** The provider itself sends a logout token to the client. */
  logOut(subject: string, sessionId: string): Promise<void>
  stop(): Promise<void>
}

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** @param client the redirect URI and, if there is one, the address for logouts */
export async function startOpenIdServer(client: {
  redirectUri: string
  logoutUri?: string
}): Promise<OpenIdServer> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // of a port
  const issuer = `http://127.0.0.1:${port}`
  let key = await newKey('first')
  const foreignKey = await newKey('first')

  const state: OpenIdServer = {
    issuer,
    person: { sub: 'person-1' },
    changeIdToken: (claims) => claims,
    changeRedirect: () => {},
    hangs: undefined,
    denies: false,
    keyFetches: 0,
    async rotateKeys() {
      key = await newKey(`key-${Math.random()}`)
    },
    sign(claims, { typ, foreign = false } = {}) {
      const by = foreign ? foreignKey : key
      const header = { alg: 'RS256', kid: by.kid, ...(typ === undefined ? {} : { typ }) }
      return new SignJWT(claims).setProtectedHeader(header).sign(by.privateKey)
    },
    logoutToken(changes, about = { typ: 'logout+jwt' }) {
      const iat = Math.floor(Date.now() / 1000)
      const events = { [LOGOUT_EVENT]: {} }
      const jti = crypto.randomUUID()
      return state.sign({ iss: issuer, aud: CLIENT_ID, iat, exp: iat + 120, jti, events, ...changes }, about)
    },
    async logOut(subject, sessionId) {
      await (await provider.Client.find(CLIENT_ID))?.backchannelLogout(subject, sessionId)
    },
    stop: () => stopped(server),
  }

  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        redirect_uris: [client.redirectUri],
        ...(client.logoutUri === undefined
          ? {}
          : { backchannel_logout_uri: client.logoutUri, backchannel_logout_session_required: true }),
      },
    ],
    // Its own tokens to the client's logout address are signed by it.
    jwks: { keys: [key.jwk] },
    cookies: { keys: ['a key of the cookies'] },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username', 'phone_extension', 'groups'],
      email: ['email', 'email_verified'],
    },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => state.person }),
    async loadExistingGrant({ oidc }: { oidc: { session: { accountId: string } } }) {
      const grant = new provider.Grant({ clientId: CLIENT_ID, accountId: oidc.session.accountId })
      grant.addOIDCScope('openid profile email')
      await grant.save()
      return grant
    },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
    // Its dispatcher refuses loopback, where the client of a test is.
    fetch: (url: string, { dispatcher: _, ...options }: RequestInit & { dispatcher?: unknown }) =>
      fetch(url, options),
  })
  const answer = provider.callback()

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = req.url ?? ''
    if (state.hangs?.test(path)) return
    if (path.startsWith('/jwks')) {
      state.keyFetches += 1
      res.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [key.publicJwk] }))
      return
    }
    if (path.startsWith('/interaction/')) {
      const result = state.denies ? { error: 'access_denied' } : { login: { accountId: state.person.sub } }
      return provider.interactionFinished(req, res, result)
    }
    if (path.startsWith('/token')) signAgain(res)
    const setHeader = res.setHeader.bind(res)
    res.setHeader = (name, value) => {
      if (name.toLowerCase() !== 'location' || !String(value).startsWith(client.redirectUri))
        return setHeader(name, value)
      const url = new URL(String(value))
      state.changeRedirect(url)
      return setHeader(name, url.href)
    }
    await answer(req, res)
  }

  /** Replaces the ID token of an answer by one of the current key, with the changes of the test. */
  function signAgain(res: ServerResponse) {
    const end = res.end.bind(res)
    res.end = ((body: string | Buffer) => {
      const json = JSON.parse(String(body)) as { id_token?: string }
      void (async () => {
        if (json.id_token !== undefined)
          json.id_token = await state.sign(state.changeIdToken(decodeJwt(json.id_token)))
        const text = JSON.stringify(json)
        res.setHeader('content-length', Buffer.byteLength(text))
        end(text)
      })()
      return res
    }) as typeof res.end // the one form that the provider uses
  }

  server.on('request', (req, res) => void handle(req, res))
  return state
}

async function newKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const about = { kid, alg: 'RS256', use: 'sig' }
  const jwk = { ...(await exportJWK(privateKey)), ...about }
  return { kid, privateKey, jwk, publicJwk: { ...(await exportJWK(publicKey)), ...about } }
}

const stopped = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
