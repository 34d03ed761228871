import { randomUUID } from 'node:crypto'
import { login } from '../../support/http-client.ts'
import type { Stack } from '../../support/stack.ts'
import { createCaseSteps, V1 } from './case-steps.ts'
import { sendRequest } from './openapi-client.ts'
import type { OperationCase } from './operation-case.ts'

const GIVEN = 'correct horse'
const CHOSEN = 'battery staple'

/** A valid request for each operation that replaces a password, by a user who is made for it. */
export function createPasswordOperationCases(stack: Stack, hasPbx: boolean): Record<string, OperationCase> {
  const { user, at } = createCaseSteps(stack, hasPbx)

  async function addUser(mustChange: boolean): Promise<string> {
    const username = `person-${randomUUID()}`
    await sendRequest({
      method: 'POST',
      url: `${stack.url}${V1}/users`,
      headers: { Authorization: `Bearer ${await user('admin')}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ username, password: GIVEN, must_change_password: mustChange }),
    })
    return username
  }

  return {
    changePassword: at(204, async (send) => {
      const { access: token } = await login(stack, await addUser(false), GIVEN)
      return send(`${V1}/me/password`, {
        token,
        json: { current_password: GIVEN, new_password: CHOSEN },
      })
    }),
    changeRequiredPassword: at(200, async (send) =>
      send(`${V1}/sign-in/password-change`, {
        json: { login: await addUser(true), password: GIVEN, new_password: CHOSEN },
      }),
    ),
  }
}
