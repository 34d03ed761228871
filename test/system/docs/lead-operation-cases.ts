import type { Stack } from '../../support/stack.ts'
import { V1 } from './case-steps.ts'
import { createCrmCaseSteps } from './crm-case-steps.ts'
import { sendRequest } from './openapi-client.ts'
import type { OperationCase } from './operation-case.ts'

/** A valid request for each operation of v1 on leads and their imports. */
export function createLeadOperationCases(
  stack: Stack,
  hasPbx: boolean,
  tokenOf: (name: string) => Promise<string>,
): Record<string, OperationCase> {
  const { at, admin, get, lead } = createCrmCaseSteps(stack, hasPbx, tokenOf)
  let count = 0
  const csv = () => {
    count += 1
    return `name,phone\nAda ${count},0301234${count}\nBob,x\n`
  }
  /** An import that has ended. @returns its id */
  async function imported(): Promise<string> {
    const headers = { Authorization: `Bearer ${await admin()}`, 'Content-Type': 'text/csv' }
    const url = `${stack.url}${V1}/lead-imports`
    const { body } = await sendRequest({ method: 'POST', url, headers, body: csv() })
    const { id } = body as { id: string | number } // the documented shape
    for (;;) {
      const { body: progress } = await sendRequest({ method: 'GET', url: `${url}/${id}`, headers })
      if ((progress as { state: string }).state !== 'running') return String(id)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  return {
    listLeads: get(`${V1}/leads?limit=2`),
    changeLeads: at(200, async (send) =>
      send(`${V1}/leads/bulk`, {
        token: await admin(),
        json: { ids: [await lead()], status: 'contacted', dry_run: true },
      }),
    ),
    listCallsOfLead: at(200, async (send) =>
      send(`${V1}/leads/${await lead()}/calls`, { token: await admin() }),
    ),
    previewLeadImport: at(200, async (send) =>
      send(`${V1}/lead-imports/preview`, { token: await admin(), text: csv() }),
    ),
    startLeadImport: at(202, async (send) =>
      send(`${V1}/lead-imports`, { token: await admin(), text: csv() }),
    ),
    listLeadImports: get(`${V1}/lead-imports`),
    findLeadImport: at(200, async (send) =>
      send(`${V1}/lead-imports/${await imported()}`, { token: await admin() }),
    ),
    undoLeadImport: at(202, async (send) =>
      send(`${V1}/lead-imports/${await imported()}/undo`, { token: await admin() }),
    ),
  }
}
