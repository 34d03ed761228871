import { debug, UA } from 'jssip'
import type { RTCSessionEvent } from 'jssip/lib/UA.js'
import { backoffMs } from '../app/backoff.ts'
import { createCredentialRenewal } from './credential-renewal.ts'
import { createJssipCall, type JssipCallNeeds } from './jssip-call.ts'
import type { PhoneCredentials, Registration } from './phone-types.ts'
import type { SipLine, SipLineEvents } from './sip-line.ts'
import { createSipSocket, type SipSocket } from './sip-socket.ts'

export interface JssipLineNeeds {
  credentials(): Promise<PhoneCredentials>
  ticket(signal: AbortSignal): Promise<string>
  media: Omit<JssipCallNeeds, 'iceServers'>
}

const REGISTER_SECONDS = 600
/** Its callers decide how long it rings; JsSIP would refuse after a minute. */
const RING_SECONDS = 3_600
/** Our socket reconnects by itself, so JsSIP's own recovery never comes to act. */
const NEVER_SECONDS = 24 * 3_600
const UNREGISTER_MS = 1_500

/** A line of JsSIP: one user agent for each `start`. */
export function createJssipLine(needs: JssipLineNeeds): SipLine {
  let current: { stop(): Promise<void>; check(): void; takeOver(): void } | undefined
  return {
    start(events) {
      current ??= connect(needs, events)
    },
    async stop() {
      const old = current
      current = undefined
      await old?.stop()
    },
    check: () => current?.check(),
    takeOver: () => current?.takeOver(),
  }
}

function connect({ credentials, ticket, media }: JssipLineNeeds, events: SipLineEvents) {
  // SIP holds numbers, names and digests: none of it belongs in the browser's log.
  debug.disable()
  let isStopped = false
  let ua: UA | undefined
  let socket: SipSocket | undefined
  let newest: PhoneCredentials | undefined
  let wasRegistered = false
  let failures = 0
  let retryTimer: ReturnType<typeof setTimeout> | undefined

  const report = (registration: Registration) => {
    if (!isStopped) events.onRegistration(registration)
  }
  const away = () => report({ state: wasRegistered ? 'reconnecting' : 'connecting' })

  const renewal = createCredentialRenewal({
    fetch: credentials,
    onRenewed(next) {
      newest = next
      ua?.set('authorization_user', next.auth_username)
      ua?.set('password', next.sip_password)
      // The running registration stays; the next REGISTER uses them.
      if (ua?.isConnected() && !ua.isRegistered()) ua.register()
    },
    onBlocked: (reason) => report({ state: 'blocked', reason }),
  })
  away()
  renewal.start(open)

  function open(first: PhoneCredentials) {
    newest = first
    const base = new URL(first.socket_path, location.href)
    const isSecure = base.protocol === 'https:' || base.protocol === 'wss:'
    base.protocol = isSecure ? 'wss:' : 'ws:'
    socket = createSipSocket({
      host: base.host,
      isSecure,
      async nextUrl(signal) {
        const url = new URL(base)
        url.searchParams.set('ticket', await ticket(signal))
        return url.href
      },
      open: (url) => new WebSocket(url, 'sip'),
      onEnd: (reason) => report({ state: 'blocked', reason }),
    })
    ua = new UA({
      sockets: [socket],
      uri: `sip:${first.sip_username}@${first.sip_domain}`,
      authorization_user: first.auth_username,
      password: first.sip_password,
      ...(first.display_name === null ? {} : { display_name: first.display_name }),
      register: true,
      register_expires: REGISTER_SECONDS,
      no_answer_timeout: RING_SECONDS,
      session_timers: false,
      connection_recovery_min_interval: NEVER_SECONDS,
      connection_recovery_max_interval: NEVER_SECONDS,
      user_agent: 'Hookswitch console',
    })
    ua.on('disconnected', () => {
      clearTimeout(retryTimer)
      if (socket?.isConnecting()) away()
    })
    ua.on('registered', () => {
      failures = 0
      renewal.accepted()
      report({ state: 'registered' })
      if (wasRegistered) events.onReregistered()
      wasRegistered = true
    })
    ua.on('registrationFailed', ({ response }) => {
      if (isStopped) return
      away()
      // The type promises a response; JsSIP gives null where none came.
      const status = (response as typeof response | null)?.status_code
      if (status === 401 || status === 403 || status === 407) return renewal.refused()
      failures += 1
      clearTimeout(retryTimer)
      retryTimer = setTimeout(() => {
        if (ua?.isConnected()) ua.register()
      }, backoffMs(failures))
    })
    ua.on('newRTCSession', (event: RTCSessionEvent) => {
      // The page never dials by SIP.
      if (event.originator !== 'remote' || isStopped) return
      events.onCall(
        createJssipCall(event.session, event.request, {
          ...media,
          iceServers: () => newest?.ice_servers ?? [],
        }),
      )
    })
    ua.start()
  }

  return {
    async stop() {
      isStopped = true
      renewal.stop()
      clearTimeout(retryTimer)
      const old = ua
      if (old?.isRegistered()) {
        await new Promise<void>((resolve) => {
          // JsSIP marks itself as not registered at once; the event comes with the registrar's answer.
          old.on('unregistered', () => resolve())
          setTimeout(resolve, UNREGISTER_MS)
          old.stop()
        })
      } else old?.stop()
      socket?.disconnect()
    },
    check() {
      renewal.check()
      // A REGISTER is always answered, and renews the contact with it.
      if (socket?.check()) ua?.register()
    },
    takeOver() {
      away()
      socket?.resume()
    },
  }
}
