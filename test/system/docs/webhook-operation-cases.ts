import type { Stack } from '../../support/stack.ts'
import { createCaseSteps, V1 } from './case-steps.ts'
import { sendRequest } from './openapi-client.ts'
import type { OperationCase } from './operation-case.ts'

/** A reserved name without an address: the messages wait. */
const webhook = { url: 'https://hook.example.org/', events: ['call.ended'] }

/** A valid request for each operation of webhooks. */
export function createWebhookOperationCases(stack: Stack, hasPbx: boolean): Record<string, OperationCase> {
  const { user, at, get } = createCaseSteps(stack, hasPbx)

  async function post(path: string, json: object): Promise<{ id: string; message_id: string }> {
    const { body } = await sendRequest({
      method: 'POST',
      url: `${stack.url}${V1}/webhooks${path}`,
      headers: { Authorization: `Bearer ${await user('admin')}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(json),
    })
    return body as { id: string; message_id: string } // one of the documented shapes
  }
  /** Sends a request about a webhook that is made for it. */
  const about = (status: number, path: string, json?: object): OperationCase =>
    at(status, async (send) => {
      const { id } = await post('', webhook)
      return send(`${V1}/webhooks/${id}${path}`, { token: await user('admin'), json })
    })

  return {
    listWebhooks: get(`${V1}/webhooks?limit=2`, 'admin'),
    createWebhook: at(201, async (send) =>
      send(`${V1}/webhooks`, { token: await user('admin'), json: webhook }),
    ),
    findWebhook: about(200, ''),
    changeWebhook: about(200, '', { ...webhook, enabled: false }),
    deleteWebhook: about(204, ''),
    rotateWebhookSecret: about(200, '/rotate-secret', { overlap_seconds: 60 }),
    testWebhook: about(202, '/test'),
    listWebhookDeliveries: about(200, '/deliveries?status=failed'),
    replayWebhookMessage: at(202, async (send) => {
      const { id } = await post('', webhook)
      const { message_id: messageId } = await post(`/${id}/test`, {})
      return send(`${V1}/webhooks/${id}/deliveries/${messageId}/replay`, { token: await user('admin') })
    }),
    replayWebhookFailures: about(202, '/replay', { since: '2026-01-31T12:00:00Z' }),
  }
}
