import type { Stack } from '../../support/stack.ts'
import { createCaseSteps, V1 } from './case-steps.ts'
import { sendRequest } from './openapi-client.ts'
import type { OperationCase } from './operation-case.ts'

/** A valid request for each operation of imports of people. */
export function createAccountImportOperationCases(
  stack: Stack,
  hasPbx: boolean,
): Record<string, OperationCase> {
  const { user, at, get } = createCaseSteps(stack, hasPbx)
  const csv = { 'Content-Type': 'text/csv' }
  const path = `${V1}/account-imports`

  async function plan(list: string): Promise<string> {
    const { body } = await sendRequest({
      method: 'POST',
      url: `${stack.url}${path}?source=csv`,
      headers: { Authorization: `Bearer ${await user('admin')}`, ...csv },
      body: list,
    })
    return (body as { id: string }).id // the documented shape
  }
  const about = (status: number, list: string, pathOf: (id: string) => string): OperationCase =>
    at(status, async (send) => {
      const id = await plan(list)
      return send(`${path}/${pathOf(id)}`, { token: await user('admin') })
    })

  return {
    accountImportStatus: get(path, 'admin'),
    planAccountImport: at(201, async (send) =>
      send(`${path}?source=csv&sign_in=phone`, {
        token: await user('admin'),
        headers: csv,
        text: 'extension,name\n2711,Imported Person\n',
      }),
    ),
    findAccountImport: about(200, 'extension\n2712\n', (id) => id),
    listAccountImportItems: about(200, 'extension\n2713\n', (id) => `${id}/items?action=create`),
    applyAccountImport: about(202, 'extension\n2714\n', (id) => `${id}/apply`),
  }
}
