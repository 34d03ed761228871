import { freeLowPort } from '../support/free-port.ts'
import { login, requestJson } from '../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../support/stack.ts'

/** `npm start -- --demo --pbx`, once its phones 1001 and 1002 are registered. */
export async function startDemo(env: Record<string, string> = {}): Promise<Stack & { sipPort: number }> {
  const [sipPort, amiPort, httpPort] = [await freeLowPort(), await freeLowPort(), await freeLowPort()]
  const stack = await startStack({
    demo: true,
    pbx: true,
    env: {
      HOOKSWITCH_PBX_SIP_PORT: String(sipPort),
      HOOKSWITCH_PBX_AMI_PORT: String(amiPort),
      HOOKSWITCH_PBX_HTTP_PORT: String(httpPort),
      ...env,
    },
  })
  const { access: token } = await login(stack)
  await waitUntil('the phones of the demo are registered', async () => {
    const { body } = await requestJson(`${stack.base}/sub/users-state`, { token })
    const states = (body.states ?? {}) as Record<string, { state: string }> // as the surface documents it
    return states['1001']?.state === 'Idle' && states['1002']?.state === 'Idle'
  })
  return { ...stack, sipPort }
}
