import { randomUUID } from 'node:crypto'
import type { Stack } from '../../support/stack.ts'
import { createCaseSteps, V1 } from './case-steps.ts'
import { sendRequest } from './openapi-client.ts'
import type { OperationCase } from './operation-case.ts'

/** A valid request for the choice of where a password is verified. */
export function createPasswordAuthorityOperationCases(
  stack: Stack,
  hasPbx: boolean,
): Record<string, OperationCase> {
  const { user, at } = createCaseSteps(stack, hasPbx)
  return {
    setPasswordAuthority: at(204, async (send) => {
      const token = await user('admin')
      const { body } = await sendRequest({
        method: 'POST',
        url: `${stack.url}${V1}/users`,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ username: `person-${randomUUID()}` }),
      })
      const { id } = body as { id: string } // the documented shape
      const json = { authority: 'local', password: 'correct horse battery' }
      return send(`${V1}/users/${id}/password-authority`, { token, json })
    }),
  }
}
