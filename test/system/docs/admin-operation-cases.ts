import { randomUUID } from 'node:crypto'
import type { Stack } from '../../support/stack.ts'
import { createCaseSteps, V1 } from './case-steps.ts'
import { sendRequest } from './openapi-client.ts'
import type { OperationCase } from './operation-case.ts'

/** A valid request for each operation of an administrator. */
export function createAdminOperationCases(stack: Stack, hasPbx: boolean): Record<string, OperationCase> {
  const { user, at, get } = createCaseSteps(stack, hasPbx)

  async function post(path: string, json: object): Promise<{ id: string }> {
    const { body } = await sendRequest({
      method: 'POST',
      url: `${stack.url}${V1}/${path}`,
      headers: { Authorization: `Bearer ${await user('admin')}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(json),
    })
    return body as { id: string } // the documented shape
  }
  const person = () => post('users', { username: `person-${randomUUID()}` })
  const invitation = () => post('invitations', { deliver: 'link' })
  /** Sends a request about something that is made for it. */
  const about = (
    status: number,
    make: () => Promise<{ id: string }>,
    pathOf: (id: string) => string,
    json?: object,
  ): OperationCase =>
    at(status, async (send) => {
      const { id } = await make()
      return send(`${V1}/${pathOf(id)}`, { token: await user('admin'), json })
    })
  const list = (path: string) => get(`${V1}/${path}`, 'admin')

  return {
    listUsers: list('users?q=user&limit=2'),
    createUser: at(201, async (send) =>
      send(`${V1}/users`, { token: await user('admin'), json: { username: 'made-by-admin' } }),
    ),
    findUser: about(200, person, (id) => `users/${id}`),
    changeUser: about(200, person, (id) => `users/${id}`, { role: 'supervisor' }),
    setPasswordOfUser: about(204, person, (id) => `users/${id}/password`, { password: 'correct horse' }),
    deleteUser: about(204, person, (id) => `users/${id}`),
    listInvitations: list('invitations?state=pending'),
    createInvitation: at(201, async (send) =>
      send(`${V1}/invitations`, { token: await user('admin'), json: { deliver: 'link' } }),
    ),
    resendInvitation: about(200, invitation, (id) => `invitations/${id}/resend`, {}),
    cancelInvitation: about(204, invitation, (id) => `invitations/${id}`),
    listDoNotCall: list('do-not-call?q=030'),
    addDoNotCall: at(201, async (send) =>
      send(`${V1}/do-not-call`, { token: await user('admin'), json: { number: '+493099887766' } }),
    ),
    removeDoNotCall: at(204, async (send) => {
      await post('do-not-call', { number: '+493099887755' })
      return send(`${V1}/do-not-call/${encodeURIComponent('+493099887755')}`, { token: await user('admin') })
    }),
    listProvisioningJobs: list('provisioning/jobs'),
    retryProvisioningJob: at(404, async (send) =>
      send(`${V1}/provisioning/jobs/999999/retry`, { token: await user('admin') }),
    ),
    listSecurityEvents: list('security-log?limit=5'),
    systemStatus: list('system'),
    dialPolicy: list('system/dial-policy'),
    signingKeys: list('system/keys'),
  }
}
