import { login } from '../../support/http-client.ts'
import type { Stack } from '../../support/stack.ts'
import { createAccountImportOperationCases } from './account-import-operation-cases.ts'
import { createAdminOperationCases } from './admin-operation-cases.ts'
import { createBoardOperationCases } from './board-operation-cases.ts'
import { createCaseSteps, MIKOPBX, PASSWORD, V1 } from './case-steps.ts'
import { createCrmOperationCases } from './crm-operation-cases.ts'
import { createDeskOperationCases } from './desk-operation-cases.ts'
import { createFactorOperationCases } from './factor-operation-cases.ts'
import { createLeadOperationCases } from './lead-operation-cases.ts'
import { openWebSocket, sendRequest } from './openapi-client.ts'
import type { OperationCase } from './operation-case.ts'
import { createPasswordAuthorityOperationCases } from './password-authority-operation-cases.ts'
import { createPasswordOperationCases } from './password-operation-cases.ts'
import { createServiceTokenOperationCases } from './service-token-operation-cases.ts'
import { createSignInOperationCases } from './sign-in-operation-cases.ts'
import { createWebhookOperationCases } from './webhook-operation-cases.ts'

const SOFTPHONE = '/pbxcore/api/module-softphone-backend/v1'
const events = { Accept: 'text/event-stream' }

/** A valid request for each operation, by its id. */
export function createOperationCases(stack: Stack, hasPbx: boolean): Record<string, OperationCase> {
  const { user, claims, at, get, newcomer, cookie, talking, hangUp, command, supervise, ofVoip, pastCall } =
    createCaseSteps(stack, hasPbx)

  return {
    softphoneLogin: at(200, (send) =>
      send(`${SOFTPHONE}/auth/login`, { json: { username: 'user1', password: PASSWORD } }),
    ),
    softphoneRefresh: at(200, async (send) =>
      send(`${SOFTPHONE}/auth/refresh`, { token: (await login(stack)).refresh }),
    ),
    softphoneLogout: get(`${SOFTPHONE}/auth/logout`),
    softphoneProfile: get(`${SOFTPHONE}/profile`),
    softphoneHealth: at(200, (send) => send(`${SOFTPHONE}/health`)),
    softphoneCheckMediaAccess: get(`${SOFTPHONE}/check-media-access`),
    softphoneMediaLink: at(201, async (send) =>
      send(`${SOFTPHONE}/media-links`, { token: await user(), json: { path: '1001/hello.wav' } }),
    ),
    softphoneStreamTicket: at(201, async (send) =>
      send(`${SOFTPHONE}/stream-tickets`, { token: await user() }),
    ),
    softphoneRenewStreams: get(`${SOFTPHONE}/streams/renew`),
    softphonePublish: {
      statuses: [201, 202],
      run: (send) => send(`${SOFTPHONE}/pub/users-state`, { json: { states: {} } }),
    },

    mikopbxLogin: at(200, (send) =>
      send(`${MIKOPBX}/auth:login`, { json: { login: 'user1', password: PASSWORD } }),
    ),
    mikopbxRefresh: at(200, async (send) => send(`${MIKOPBX}/auth:refresh`, { headers: await cookie() })),
    mikopbxLogout: get(`${MIKOPBX}/auth:logout`),

    voipLogin: at(200, (send) => send('/api/login', { json: { username: 'user1', password: PASSWORD } })),
    voipRegister: at(201, (send) =>
      send('/api/register', {
        json: { username: 'anna', email: 'anna@example.org', password: 'correct horse', extension: '2001' },
      }),
    ),
    voipRefresh: at(200, async (send) => {
      const body = JSON.stringify({ username: 'user1', password: PASSWORD })
      const headers = { 'Content-Type': 'application/json' }
      const { body: loggedIn } = await sendRequest({
        method: 'POST',
        url: `${stack.url}/api/login`,
        headers,
        body,
      })
      return send('/api/refresh', { token: (loggedIn as { token: string }).token }) // the documented shape
    }),
    voipProfile: get('/protected/profile'),
    voipLogout: get('/protected/logout'),
    voipSetStatus: at(200, async (send) =>
      send('/protected/status', { token: await user('user3'), json: { status: 'busy' } }),
    ),
    voipOnlineUsers: get('/protected/users/online'),
    voipUser: get('/protected/users/1002'),
    voipInitiateCall: {
      statuses: hasPbx ? [200] : [400],
      async run(send) {
        const token = await user()
        const answer = await send('/protected/call/initiate', { token, json: { target_extension: '1002' } })
        if (hasPbx) await hangUp(token, (answer.body as { channel: string }).channel) // the documented shape
        return answer
      },
    },
    // Only a connected softphone can answer.
    voipAnswerCall: ofVoip('/protected/call/answer', [501, 409]),
    voipHangUp: ofVoip('/protected/call/hangup', [200]),
    voipActiveCalls: {
      statuses: [200],
      async run(send) {
        const token = await user()
        const id = await talking(token)
        const answer = await send('/protected/call/active', { token })
        await hangUp(token, id)
        return answer
      },
    },
    voipCallLogs: {
      statuses: [200],
      async run(send) {
        const token = await user()
        await pastCall(token)
        return send('/protected/call/logs', { token })
      },
    },
    voipAllUsers: get('/protected/admin/users', 'admin'),
    voipDeleteUser: at(200, async (send) => {
      const { sub } = claims(await user('user3'))
      return send(`/protected/admin/users/${sub}`, { token: await user('admin') })
    }),
    voipStats: get('/protected/admin/stats', 'admin'),
    voipSocket: at(101, async (send) =>
      send('/ws?extension=1001', { token: await user(), by: openWebSocket }),
    ),

    // 501 without HOOKSWITCH_SIP_WS_UPSTREAM.
    phoneSocket: {
      statuses: [101, 501],
      run: async (send) =>
        send(`${V1}/phone/socket`, {
          token: await user(),
          headers: { 'Sec-WebSocket-Protocol': 'sip' },
          by: openWebSocket,
        }),
    },

    onboardingRegister: at(201, (send) =>
      send('/auth/register', { json: { email: 'otto@example.org', password: 'correct horse' } }),
    ),
    onboardingLogin: at(200, async (send) => {
      await newcomer('login@example.org')
      return send('/auth/login', { json: { email: 'login@example.org', password: 'correct horse' } })
    }),
    sipCredentials: at(200, async (send) =>
      send('/sip/credentials', { token: await newcomer('sip@example.org') }),
    ),
    provisioningLink: at(201, async (send) =>
      send('/sip/provisioning-links', { token: await newcomer('link@example.org') }),
    ),
    provision: at(200, async (send) => {
      const headers = { Authorization: `Bearer ${await newcomer('phone@example.org')}` }
      const url = `${stack.url}/sip/provisioning-links`
      const { body } = await sendRequest({ method: 'POST', url, headers })
      return send((body as { url: string }).url.slice(stack.url.length)) // the documented shape
    }),

    listSessions: get(`${V1}/sessions`),
    endSessions: get(`${V1}/sessions?scope=others`, 'user2'),
    endSession: at(204, async (send) => {
      const token = await user('user2')
      return send(`${V1}/sessions/${claims(token).sid}`, { token })
    }),
    listSessionsOfUser: at(200, async (send) => {
      const { sub } = claims(await user('user2'))
      return send(`${V1}/users/${sub}/sessions`, { token: await user('admin') })
    }),
    endSessionsOfUser: at(200, async (send) => {
      const { sub } = claims(await user('user2'))
      return send(`${V1}/users/${sub}/sessions`, { token: await user('admin') })
    }),
    endSessionOfUser: at(204, async (send) => {
      const { sub, sid } = claims(await user('user2'))
      return send(`${V1}/users/${sub}/sessions/${sid}`, { token: await user('admin') })
    }),
    signInOptions: get(`${V1}/sign-in-options`),
    me: get(`${V1}/me`),
    changeMe: at(200, async (send) => send(`${V1}/me`, { token: await user(), json: { language: 'es' } })),
    requestPasswordReset: at(202, (send) =>
      send(`${V1}/password-resets`, { json: { email: 'nobody@example.org' } }),
    ),
    // The link is in a mail.
    confirmPasswordReset: at(404, (send) =>
      send(`${V1}/password-resets/confirm`, {
        json: { token: `pwd_${'A'.repeat(32)}`, new_password: 'correct horse' },
      }),
    ),
    listPeople: get(`${V1}/people`),
    addFavourite: at(204, async (send) => send(`${V1}/favourites/1002`, { token: await user() })),
    removeFavourite: at(204, async (send) => send(`${V1}/favourites/1002`, { token: await user() })),
    countMissedCalls: get(`${V1}/calls/missed`),
    markMissedCallsSeen: at(204, async (send) =>
      send(`${V1}/calls/missed/seen`, { token: await user(), json: { until: '2026-01-31T12:00:00Z' } }),
    ),
    listPastCalls: {
      statuses: [200],
      async run(send) {
        const token = await user()
        await pastCall(token)
        return send(`${V1}/calls/history?limit=5`, { token })
      },
    },
    exportPastCalls: get(`${V1}/calls/history.csv`),
    findPastCall: {
      statuses: hasPbx ? [200] : [404],
      async run(send) {
        const token = await user()
        return send(`${V1}/calls/history/${await pastCall(token)}`, { token })
      },
    },
    // The demo's calls are not recorded.
    linkRecording: {
      statuses: [404],
      async run(send) {
        const token = await user()
        return send(`${V1}/calls/history/${await pastCall(token)}/recording-link`, { token })
      },
    },
    phoneAvailability: get(`${V1}/phone`),
    // Without the demo's Asterisk, FreePBX makes the extensions here, and lends none.
    issuePhoneCredentials: at(hasPbx ? 200 : 501, async (send) =>
      send(`${V1}/phone/credentials`, { token: await user() }),
    ),
    capabilities: get(`${V1}/capabilities`),
    setStatus: at(204, async (send) =>
      send(`${V1}/status`, { token: await user('user2'), json: { status: 'away' } }),
    ),
    dial: {
      statuses: hasPbx ? [202] : [503],
      async run(send) {
        const token = await user()
        const answer = await send(`${V1}/calls`, { token, json: { number: '1002' } })
        if (hasPbx) await hangUp(token, (answer.body as { id: string }).id) // the documented shape
        return answer
      },
    },
    listCalls: {
      statuses: [200],
      async run(send) {
        const token = await user()
        const id = await talking(token)
        const answer = await send(`${V1}/calls`, { token })
        await hangUp(token, id)
        return answer
      },
    },
    findCall: {
      statuses: hasPbx ? [200] : [404],
      async run(send) {
        const token = await user()
        const id = await talking(token)
        const answer = await send(`${V1}/calls/${id}`, { token })
        await hangUp(token, id)
        return answer
      },
    },
    hangup: command('hangup'),
    mute: command('mute'),
    unmute: command('unmute'),
    transfer: command('transfer', { number: '600' }),
    attendedTransfer: command('attended-transfer', { number: '1003' }),
    dtmf: command('dtmf', { digits: '12#' }),
    park: command('park', undefined, [200]),
    // Only a connected softphone can run these.
    answer: command('answer', undefined, [409, 501]),
    hold: command('hold', undefined, [501]),
    unhold: command('unhold', undefined, [204]),
    // The call is not in a state for these, or already in the target state.
    decline: command('decline', undefined, [204, 409]),
    recordingPause: command('recording/pause', undefined, [409]),
    recordingResume: command('recording/resume', undefined, [409]),
    attendedTransferComplete: command('attended-transfer/complete', undefined, [409]),
    attendedTransferCancel: command('attended-transfer/cancel', undefined, [409]),
    // No phone of the admin is registered. The supervision before may still end.
    listen: supervise('listen', [202, 409]),
    whisper: supervise('whisper', [202, 409]),
    join: supervise('join', [202, 409]),
    takeOver: supervise('take-over', [409]),
    stopSupervision: supervise('supervision/stop', [204]),

    media: get('/media/1001/hello.wav'),
    mediaAsMikopbx: at(206, async (send) =>
      send('/pbxcore/softphone/recordings/1001/hello.wav', {
        token: await user(),
        headers: { Range: 'bytes=0-9' },
      }),
    ),
    stream: at(200, async (send) =>
      send(`${V1}/streams/users-state`, { token: await user(), headers: events }),
    ),
    streamAsMikopbx: at(200, async (send) => {
      await sendRequest({
        method: 'POST',
        url: `${stack.url}${SOFTPHONE}/pub/users-state`,
        headers: { 'Content-Type': 'application/json' },
        body: '{}',
      })
      return send(`${SOFTPHONE}/sub/users-state`, { token: await user() })
    }),

    ...createAdminOperationCases(stack, hasPbx),
    ...createAccountImportOperationCases(stack, hasPbx),
    ...createPasswordOperationCases(stack, hasPbx),
    ...createPasswordAuthorityOperationCases(stack, hasPbx),
    ...createBoardOperationCases(stack, hasPbx),
    ...createWebhookOperationCases(stack, hasPbx),
    ...createSignInOperationCases(stack, hasPbx),
    ...createFactorOperationCases(stack, hasPbx),
    ...createServiceTokenOperationCases(stack, hasPbx),
    ...createCrmOperationCases(stack, hasPbx, user),
    ...createDeskOperationCases(stack, hasPbx, user),
    ...createLeadOperationCases(stack, hasPbx, user),

    health: at(200, (send) => send('/health')),
    ready: at(200, (send) => send('/ready')),
    jwks: at(200, (send) => send('/.well-known/jwks.json')),
  }
}
