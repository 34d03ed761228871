import type { Stack } from '../../support/stack.ts'
import { createCaseSteps, V1 } from './case-steps.ts'
import { sendRequest } from './openapi-client.ts'
import type { OperationCase } from './operation-case.ts'

/** A valid request for each operation on the tokens of programs. */
export function createServiceTokenOperationCases(
  stack: Stack,
  hasPbx: boolean,
): Record<string, OperationCase> {
  const { user, at, get } = createCaseSteps(stack, hasPbx)
  const token = { name: 'CRM', scopes: ['calls:read'] }
  async function made(): Promise<string> {
    const { body } = await sendRequest({
      method: 'POST',
      url: `${stack.url}${V1}/service-tokens`,
      headers: { Authorization: `Bearer ${await user('admin')}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(token),
    })
    return `${V1}/service-tokens/${(body as { id: string }).id}` // the documented shape
  }
  return {
    listServiceTokens: get(`${V1}/service-tokens?limit=2`, 'admin'),
    createServiceToken: at(201, async (send) =>
      send(`${V1}/service-tokens`, { token: await user('admin'), json: token }),
    ),
    findServiceToken: at(200, async (send) => send(await made(), { token: await user('admin') })),
    revokeServiceToken: at(204, async (send) => send(await made(), { token: await user('admin') })),
  }
}
