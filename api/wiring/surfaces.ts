import type { Logger } from '../../runtime/log.ts'
import type { connectRedis } from '../../runtime/redis.ts'
import type { Config } from '../config/config.ts'
import { createAddressAttempts } from '../core/auth/login-attempts.ts'
import { createStreamRenewal } from '../core/auth/stream-renewal.ts'
import { createStreamTickets } from '../core/auth/stream-tickets.ts'
import type { HistoryStore } from '../core/calls/call-history.ts'
import { createFindDialingActor } from '../core/calls/dialing-actor.ts'
import type { DialPolicy } from '../core/dial-policy/dial-policy.ts'
import type { Directory } from '../core/directory/directory.ts'
import type { PeerMessages } from '../core/messaging/peer-messages.ts'
import type { Snapshots } from '../core/messaging/snapshots.ts'
import type { UserMessageSubscriber } from '../core/messaging/user-messages.ts'
import type { MediaFolders } from '../core/provisioning/media-folders.ts'
import { toWebEndpoint } from '../core/provisioning/web-endpoint.ts'
import { createSelfRegistration } from '../core/registration/self-registration.ts'
import { createApp } from '../http/app.ts'
import type { Guard } from '../http/guard.ts'
import { createMikopbxRoutes } from '../http/mikopbx/routes.ts'
import { createOnboardingRoutes } from '../http/onboarding/routes.ts'
import { qrDataUri } from '../http/qr-data-uri.ts'
import { routeUpgrades } from '../http/socket-upgrade.ts'
import { createSoftphoneRoutes } from '../http/softphone/routes.ts'
import { createPhoneSocket } from '../http/v1/phone/phone-socket.ts'
import { PHONE_SOCKET_PATHS } from '../http/v1/phone/phone-socket-auth.ts'
import { createV1Routes } from '../http/v1/routes.ts'
import { createVoipRoutes } from '../http/voip/routes.ts'
import { createVoipSocket } from '../http/voip/socket.ts'
import type { StreamControl } from '../nchan/stream-control.ts'
import { createAttemptCounters } from '../store/redis/attempt-counters.ts'
import type { createRateLimiter } from '../store/redis/rate-limiter.ts'
import { createStreamRenewalPublisher } from '../store/redis/stream-renewals.ts'
import { createStreamTicketStore } from '../store/redis/tickets.ts'
import type { Database } from '../store/sql/database.ts'
import type { AccountImportModule } from './account-imports.ts'
import { createAdministration } from './administration.ts'
import type { AuthModule } from './auth.ts'
import type { CallCenter } from './call-center/call-center.ts'
import type { CallModule } from './calls.ts'
import { createOtherSignIns } from './other-sign-ins.ts'
import { createPersonalModule } from './personal.ts'
import type { ProvisioningModule } from './provisioning.ts'
import { createSecondFactorRoutes } from './second-factor.ts'
import type { OutgoingWebhooks } from './webhooks.ts'

export interface SurfacesNeeds {
  config: Config
  db: Database
  redis: ReturnType<typeof connectRedis>
  guard: Guard
  auth: AuthModule
  callModule: CallModule
  provisioning: ProvisioningModule
  accountImports: AccountImportModule
  callCenter: Pick<CallCenter, 'app' | 'v1'>
  outgoingWebhooks: OutgoingWebhooks
  registrationRateLimiter: ReturnType<typeof createRateLimiter>
  media: MediaFolders
  policy: () => DialPolicy
  history: HistoryStore
  snapshots: Snapshots
  streamControl: StreamControl
  peerMessages: PeerMessages
  userMessageSubscriber: UserMessageSubscriber
  /** Called when a user opens a WebSocket. */
  onSocketOpen(): void
  log: Logger
  now: () => number
  monotonic: () => number
}

/** Joins the HTTP surfaces, and the WebSockets that the API serves itself. */
export function createSurfaces(needs: SurfacesNeeds) {
  const { config, redis, guard, auth, callModule, provisioning, registrationRateLimiter } = needs
  const { policy, history, snapshots, log, now, monotonic } = needs
  const { allowedOrigins, perAddress } = config
  const { tokenVerifier, sessions, users, mediaLinks, createLoginFor } = auth
  const { calls, statuses, directory, presence, isOnline } = callModule
  const tickets = createStreamTicketStore(redis)

  const factorRoutes = createSecondFactorRoutes({ config, redis, guard, auth, now })

  const voipSocket = createVoipSocket({
    ...{ tokenVerifier, tickets, allowedOrigins, calls, statuses, directory, monotonic, log },
    peerMessages: needs.peerMessages,
    userMessages: needs.userMessageSubscriber,
    maxPerUser: config.maxSocketsPerUser,
    onOpen: needs.onSocketOpen,
  })
  const phoneSocket = createPhoneSocket({
    ...{ tokenVerifier, tickets, allowedOrigins, monotonic, log },
    upstreamUrl: config.sipWsUpstream,
    webEndpointOf: (extension) => toWebEndpoint(config.webEndpointTemplate, extension),
    isPhone: isPhoneOf(directory),
    browserCalls: callModule.browserCalls,
    onStreamRenewal: auth.onStreamRenewal,
  })
  const app = createApp({
    mikopbx: createMikopbxRoutes({
      ...{ tokenVerifier, sessions, allowedOrigins, log },
      login: createLoginFor('mikopbx', config.mikopbxLogins),
      refreshAttempts: createAddressAttempts(createAttemptCounters(redis), {
        surface: 'mikopbx-refresh',
        perAddress: config.mikopbxRefreshes,
      }),
      refreshTtl: config.refreshTtl,
    }),
    v1: createV1Routes({
      guard,
      sessions,
      history: { guard, history, reachOf: auth.reachOf, mediaLinks, policy },
      calls: {
        ...{ guard, calls, statuses, directory, isOnline },
        findDialingActor: createFindDialingActor(users),
        supervision: callModule.supervision.control,
        supervisorsFor: callModule.supervision.views.forActor,
      },
      administration: {
        ...createAdministration({ ...needs, now }),
        factors: { resetFactors: factorRoutes.resetFactors },
      },
      phone: {
        guard,
        credentials: provisioning.webrtcCredentials,
        isReachable: !config.webrtc.isRelayed || config.sipWsUpstream !== undefined,
        endpoint: { domain: config.sipServer.domain, websocketUrl: config.webrtc.websocketUrl },
        ice: config.webrtc.ice,
      },
      personal: createPersonalModule({ config, db: needs.db, redis, guard, auth, directory, history, now }),
      otherSignIns: createOtherSignIns({ ...needs, now }),
      signIn: {
        registration: config.registration,
        hasMail: config.mail !== undefined,
        makesExtensions: config.provisioner !== undefined,
        passwordMinLength: config.passwordMinLength,
        hasPhoneSecrets: config.phoneSignIn.mode !== 'off',
        hasPasskeys: auth.factors.passkeys.isOffered,
      },
      factors: factorRoutes,
      passwordChange: { passwordChange: auth.requiredPasswordChange },
      callCenter: {
        ...needs.callCenter.v1,
        leads: { reachOf: auth.reachOf, ...needs.callCenter.v1.leads },
      },
      log,
    }),
    voip: createVoipRoutes({
      ...{ guard, users, sessions, calls, history, statuses, directory, presence, now, monotonic, log },
      login: createLoginFor('voip', perAddress),
      sessionUses: auth.sessionStore,
      selfRegistration: createSelfRegistration({ accounts: auth.accounts, users, media: needs.media }),
      // That document has no invitations, and the person who registers chooses the extension.
      registration: config.registration === 'open' ? 'open' : 'closed',
      registerThrottle: registrationRateLimiter,
      changes: auth.accountAdmin,
      countSockets: voipSocket.size,
      timeZone: config.timeZone,
      accessTtl: Math.min(config.voipAccessTtl, config.longestLifetime),
    }),
    softphone: createSoftphoneRoutes({
      ...{ guard, tokenVerifier, sessions, users, mediaLinks, snapshots, log },
      login: createLoginFor('softphone', perAddress),
      streamTickets: createStreamTickets(tickets),
      streamRenewal: createStreamRenewal(createStreamRenewalPublisher(redis)),
    }),
    onboarding: createOnboardingRoutes({
      guard,
      login: createLoginFor('onboarding', perAddress),
      registration: provisioning.registration,
      credentials: provisioning.credentials,
      links: provisioning.links,
      publicUrlSettings: {
        publicUrl: config.publicUrl,
        appUrl: config.appUrl ?? config.consoleUrl,
        allowedOrigins,
      },
      qrDataUri,
      log,
    }),
    crm: needs.callCenter.app,
    keyring: auth.keyring,
    allowedOrigins,
    pbx: () => (config.pbx === undefined ? 'none' : isOnline() ? 'online' : 'away'),
    ready: auth.readiness,
    log,
  })
  const upgrade = routeUpgrades(
    new Map(PHONE_SOCKET_PATHS.map((path) => [path, phoneSocket.upgrade])),
    voipSocket.upgrade,
  )
  return { app, upgrade, voipSocket, phoneSocket }
}

/** JsSIP's users of `Contact` are random, eight letters and digits: one of digits alone is a phone only if an account has it. */
const isPhoneOf = (directory: Directory) => (user: string) =>
  directory.findByEndpoint(user) !== undefined ||
  (!/^\d{8}$/.test(user) && directory.isOwnEndpoint(user, new Set()))
