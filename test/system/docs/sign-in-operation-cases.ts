import type { Stack } from '../../support/stack.ts'
import { createCaseSteps, V1 } from './case-steps.ts'
import { sendRequest } from './openapi-client.ts'
import type { OperationCase } from './operation-case.ts'

/** A valid request for each operation of other ways to sign in. The demo has no provider. */
export function createSignInOperationCases(stack: Stack, hasPbx: boolean): Record<string, OperationCase> {
  const { user, at } = createCaseSteps(stack, hasPbx)
  async function newDevice(): Promise<{ device_code: string; user_code: string }> {
    const { body } = await sendRequest({
      method: 'POST',
      url: `${stack.url}${V1}/sign-in/device`,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ client_name: 'Desk phone' }),
    })
    return body as { device_code: string; user_code: string } // the documented shape
  }

  return {
    startProviderSignIn: at(404, (send) => send(`${V1}/sign-in/providers/corp/start`)),
    finishProviderSignIn: at(404, (send) => send(`${V1}/sign-in/providers/corp/callback?state=x&code=y`)),
    backChannelLogout: at(404, (send) =>
      send(`${V1}/sign-in/providers/corp/backchannel-logout`, {
        text: 'logout_token=x',
        by: (request) =>
          sendRequest({ ...request, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
      }),
    ),
    startDeviceSignIn: at(200, (send) => send(`${V1}/sign-in/device`, { json: { client_name: 'Phone' } })),
    getDeviceTokens: at(400, async (send) =>
      send(`${V1}/sign-in/device/token`, {
        json: {
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          device_code: (await newDevice()).device_code,
        },
      }),
    ),
    findDeviceSignIn: at(200, async (send) =>
      send(`${V1}/sign-in/device/find`, {
        token: await user(),
        json: { user_code: (await newDevice()).user_code },
      }),
    ),
    decideDeviceSignIn: at(204, async (send) =>
      send(`${V1}/sign-in/device/decision`, {
        token: await user(),
        json: { user_code: (await newDevice()).user_code, allow: false },
      }),
    ),
  }
}
