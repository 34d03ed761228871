import type { lookup } from 'node:dns'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAccountImports } from '../../../../api/core/account-imports/account-imports.ts'
import { readCsvPeople } from '../../../../api/core/account-imports/csv-people.ts'
import { createAccountAdmin } from '../../../../api/core/auth/account-admin.ts'
import { createAccounts } from '../../../../api/core/auth/accounts.ts'
import { createPasswordAuthorities } from '../../../../api/core/auth/password-authorities.ts'
import { createSecurityEventRecorder } from '../../../../api/core/auth/security-events.ts'
import { createServiceTokens, createServiceTokenUse } from '../../../../api/core/auth/service-tokens.ts'
import { createDoNotCallAdmin } from '../../../../api/core/call-center/leads/do-not-call-admin.ts'
import { createDialPolicy } from '../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../api/core/dial-policy/policy-file.ts'
import { createExtensionAccountAdmin } from '../../../../api/core/provisioning/extension-account-admin.ts'
import { createExtensionProvisioning } from '../../../../api/core/provisioning/extension-provisioning.ts'
import { createNewExtensions } from '../../../../api/core/provisioning/new-extensions.ts'
import { createProvisioningJobs } from '../../../../api/core/provisioning/provisioning-jobs.ts'
import { createSecretSeal } from '../../../../api/core/provisioning/sip-secret.ts'
import { createInvitationAdmin } from '../../../../api/core/registration/invitation-admin.ts'
import { createAddressPolicy } from '../../../../api/core/webhooks/receiver-address.ts'
import { createWebhooks } from '../../../../api/core/webhooks/webhooks.ts'
import { createGuard } from '../../../../api/http/guard.ts'
import { createV1Routes } from '../../../../api/http/v1/routes.ts'
import { createAccountImportStore } from '../../../../api/store/sql/account-imports/account-imports.ts'
import { createPasswordAuthorityStore } from '../../../../api/store/sql/auth/password-authority.ts'
import { createSecurityEventStore } from '../../../../api/store/sql/auth/security-events.ts'
import { createServiceTokenStore } from '../../../../api/store/sql/auth/service-tokens.ts'
import { createSessionStore } from '../../../../api/store/sql/auth/sessions.ts'
import { createUserStore } from '../../../../api/store/sql/auth/users.ts'
import { createDoNotCall } from '../../../../api/store/sql/call-center/do-not-call.ts'
import { openDatabase } from '../../../../api/store/sql/database.ts'
import { migrate } from '../../../../api/store/sql/migrate.ts'
import { createExtensionStore } from '../../../../api/store/sql/provisioning/extensions.ts'
import { createInvitationAdminStore } from '../../../../api/store/sql/registration/invitation-admin.ts'
import { createDeliveryStore } from '../../../../api/store/sql/webhooks/deliveries.ts'
import { createEndpointStore } from '../../../../api/store/sql/webhooks/endpoints.ts'
import { createReceiverCheck } from '../../../../api/webhooks/http-sender.ts'
import type { Role } from '../../../../contract/claims.ts'
import { createRevocationCache } from '../../../../contract/revocation-cache.ts'
import { createLog } from '../../../../runtime/log.ts'
import { mint, newKey } from '../../../contract/mint-token.ts'
import { newUser } from '../../../support/fixtures/users.ts'
import { type createFakePbx, KEY } from '../../../support/provisioning-fixture.ts'
import { createFreshVerifier } from './fresh-verifier.ts'
import { unusedNeeds } from './unused-needs.ts'

/** A name server that knows no name. */
const noNames = ((_host: string, _options: object, done: (err: Error, all: []) => void) =>
  done(new Error('unknown'), [])) as unknown as typeof lookup // the one form that is called

export const nowS = 1_750_100_000
const key = newKey('HS256', 'hs256-a')
const tokenOf = (sub: string, role: Role) => mint(key, nowS, { claims: { sub, role } })
/** The users of these tokens are in the database: 1 to 3. */
export const TOKENS = {
  admin: tokenOf('1', 'admin'),
  supervisor: tokenOf('2', 'supervisor'),
  user: tokenOf('3', 'user'),
}

export interface Reply {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the documented shape
  body: any
}

/** The surface on a database in memory of its own, with an administrator, a supervisor and a user. */
export async function createAdminSurface(
  difference: {
    hasMail?: boolean
    /** Whether secrets of phones can be verified; true by default. */
    hasPhoneSignIn?: boolean
    /** That creates extensions from 2000 on; none by default. */
    pbx?: ReturnType<typeof createFakePbx>
  } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'admin-'))
  const url = `sqlite:${join(folder, 'admin.db')}`
  await migrate(url)
  const db = await openDatabase(url)
  const time = { s: nowS }
  const now = () => time.s * 1000
  const users = createUserStore(db, () => time.s)
  const roles: readonly [string, Role][] = [
    ['root', 'admin'],
    ['sam', 'supervisor'],
    ['anna', 'user'],
  ]
  for (const [username, role] of roles)
    await users.add(newUser({ username, role, extension: username === 'anna' ? '1001' : null }))

  const policy = () => createDialPolicy(PolicyFile.parse({ country: 'DE' }))
  const passwords = { hash: async (password: string) => `$argon2id$${password.length}` }
  const events = createSecurityEventStore(db)
  const recorder = createSecurityEventRecorder({ store: events, now, onDropped: () => {} })
  const logged = { securityLog: recorder, now }
  const ended: string[] = []
  const extensions = createExtensionStore(db)
  const accounts = createAccounts({ users, passwords, policy })
  const range = { first: '2000', last: '2001' }
  const seal = createSecretSeal(KEY)
  const ignore = () => {}
  const provisioning =
    difference.pbx &&
    createExtensionProvisioning({
      ...{ store: extensions, provisioner: difference.pbx.provisioner, seal, range, now },
      findPerson: async () => ({ name: 'Clara', email: undefined }),
      longestLifetime: 3_600,
      onWarning: ignore,
      onError: Object.assign(ignore, { recovered: ignore }),
    })

  const revocations = createRevocationCache()
  const tokenStore = createServiceTokenStore(db)
  const serviceTokens = createServiceTokens({
    store: tokenStore,
    revocationPublisher: { publish: async (entry) => revocations.add(entry) },
    announce: async (token) => revocations.serviceTokens.add(token),
    issuingSince: async () => 0,
    ...logged,
  })
  const use = createServiceTokenUse({ store: tokenStore, onError: ignore, ...logged })
  const guard = createGuard(createFreshVerifier(key, nowS, revocations), use)
  const revoking = {
    sessions: {
      async endAll(userId: string, { reason, actorId }: { reason: string; actorId: string }) {
        ended.push(`${userId} ${reason} by ${actorId}`)
        return 1
      },
    },
    revocationPublisher: { publish: async () => {} },
    longestLifetime: 3_600,
  }
  const accountAdmin = createAccountAdmin({
    accounts,
    ...{ users, passwords, policy, ...revoking, ...logged },
  })
  const administration: Parameters<typeof createV1Routes>[0]['administration'] = {
    factors: { resetFactors: async () => {} },
    users: {
      users,
      activityOf: createSessionStore(db).activityOf,
      accountAdmin,
      extensionAccountAdmin: createExtensionAccountAdmin({
        ...{ accounts, securityLog: recorder },
        newExtensions: createNewExtensions({ extensions, provisioning, seal, range, now, onError: ignore }),
      }),
    },
    accountImports: {
      imports: createAccountImports({
        store: createAccountImportStore(db, () => time.s),
        ...{ accountAdmin, policy, ...logged },
      }),
      sources: {
        available: () => [],
        open: (_, file = '') => ({ name: 'csv', fetch: () => readCsvPeople(file) }),
      },
      schedule: undefined,
    },
    passwordAuthority: {
      passwordAuthorities: createPasswordAuthorities({
        ...{ users, passwords, ...revoking, ...logged },
        store: createPasswordAuthorityStore(db),
        hasPhoneSignIn: difference.hasPhoneSignIn ?? true,
      }),
    },
    invitations: {
      invitations: createInvitationAdmin({
        store: createInvitationAdminStore(db),
        mode: 'invitation',
        hasMail: difference.hasMail ?? true,
        ...{ users, policy, ...logged },
      }),
      linkOf: (token) => `https://app.example/register?invitation=${token}`,
    },
    doNotCall: { doNotCall: createDoNotCallAdmin({ store: createDoNotCall(db), policy, ...logged }) },
    provisioning: { jobs: createProvisioningJobs({ extensions, users, ...logged }) },
    serviceTokens: { serviceTokens },
    securityLog: { events, recorder, users },
    webhooks: {
      webhooks: createWebhooks({
        endpoints: createEndpointStore(db),
        deliveries: createDeliveryStore(db),
        checkUrl: createReceiverCheck({
          policy: createAddressPolicy([]),
          allowsHttp: false,
          lookup: noNames,
        }),
        sealSecret: (secret) => `sealed ${secret.length}`,
        ...logged,
      }),
    },
    system: {
      version: '1.2.3',
      startedAt: now(),
      policy,
      keys: () => [{ kid: 'hs256-a', alg: 'HS256', createdAtMs: now(), state: 'signing' }],
      status: {
        check: async () => [{ name: 'pbx', state: 'down', detail: 'The PBX does not answer.', since: now() }],
      },
    },
  }
  const app = createV1Routes({
    ...unusedNeeds(guard),
    guard,
    administration,
    log: createLog('test', 'silent'),
  })

  return {
    app,
    db,
    users,
    extensions,
    ended,
    time,
    recorder,
    serviceTokens,
    async ask(
      method: string,
      path: string,
      json?: unknown,
      init: { token?: string | undefined; headers?: Record<string, string> } = {},
    ): Promise<Reply> {
      const { token = TOKENS.admin, headers } = 'token' in init ? { ...init, token: init.token ?? '' } : init
      const res = await app.request(path, {
        method,
        headers: {
          ...(token === '' ? {} : { Authorization: `Bearer ${token}` }),
          ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      })
      const text = await res.text()
      return { status: res.status, headers: res.headers, body: text === '' ? undefined : JSON.parse(text) }
    },
    async close() {
      await db.close()
      rmSync(folder, { recursive: true })
    },
  }
}
export type AdminSurface = Awaited<ReturnType<typeof createAdminSurface>>
