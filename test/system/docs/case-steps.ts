import { login } from '../../support/http-client.ts'
import { type Stack, waitUntil } from '../../support/stack.ts'
import { sendRequest } from './openapi-client.ts'
import type { OperationCase } from './operation-case.ts'

export const MIKOPBX = '/pbxcore/api/v3'
export const V1 = '/api/v1'
export const PASSWORD = 'password'
/** Answers without a PBX, or with one that cannot run the command. */
const NEEDS_PBX = [404, 409, 501, 503, 504]

/** Steps that several cases have in common. */
export function createCaseSteps(stack: Stack, hasPbx: boolean) {
  const user = async (name = 'user1') => (await login(stack, name)).access
  const claims = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  const at = (status: number, run: OperationCase['run']): OperationCase => ({ statuses: [status], run })
  const get = (path: string, name?: string): OperationCase =>
    at(200, async (send) => send(path, { token: await user(name) }))

  /** Registers an account. @returns its token */
  async function newcomer(email: string): Promise<string> {
    const headers = { 'Content-Type': 'application/json' }
    const body = JSON.stringify({ email, password: 'correct horse' })
    await sendRequest({ method: 'POST', url: `${stack.url}/auth/register`, headers, body })
    const answer = await sendRequest({ method: 'POST', url: `${stack.url}/auth/login`, headers, body })
    return (answer.body as { access_token: string }).access_token // the documented shape
  }
  const cookie = async () => {
    const res = await fetch(`${stack.url}${MIKOPBX}/auth:login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ login: 'user1', password: PASSWORD }),
    })
    return { Cookie: res.headers.get('set-cookie')?.split(';')[0] ?? '' }
  }
  /** Starts a call of user1 to user2; both phones answer automatically. */
  async function talking(token: string, number = '1002'): Promise<string> {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const url = `${stack.url}${V1}/calls`
    const stateOf = async (id: string) =>
      ((await sendRequest({ method: 'GET', url: `${url}/${id}`, headers })).body as { state: string }).state
    const dial = () => sendRequest({ method: 'POST', url, headers, body: JSON.stringify({ number }) })
    if (!hasPbx) return 'hk_nothing'
    const { id } = (await dial()).body as { id: string } // the documented shape
    await waitUntil('the call is up', async () => (await stateOf(id)) === 'up')
    return id
  }
  const hangUp = (token: string, id: string) =>
    sendRequest({
      method: 'POST',
      url: `${stack.url}${V1}/calls/${id}/hangup`,
      headers: { Authorization: `Bearer ${token}` },
    })
  /** A command on a call between two users. */
  const command = (path: string, json?: unknown, statuses: readonly number[] = []): OperationCase => ({
    statuses: hasPbx ? (statuses.length > 0 ? statuses : [204]) : NEEDS_PBX,
    async run(send) {
      const token = await user()
      const id = await talking(token)
      const answer = await send(`${V1}/calls/${id}/${path}`, { token, json })
      await hangUp(token, id)
      return answer
    },
  })
  const ofVoip = (path: string, statuses: readonly number[]): OperationCase => ({
    statuses: hasPbx ? statuses : NEEDS_PBX,
    async run(send) {
      const token = await user()
      const channel = await talking(token)
      const answer = await send(path, { token, json: { channel } })
      await hangUp(token, channel)
      return answer
    },
  })
  /** The id of a past call of user1; makes one. */
  async function pastCall(token: string): Promise<string> {
    if (!hasPbx) return '1.1'
    await hangUp(token, await talking(token))
    let id: string | undefined
    await waitUntil('a call is in the history', async () => {
      const url = `${stack.url}${V1}/calls/history`
      const { body } = await sendRequest({
        method: 'GET',
        url,
        headers: { Authorization: `Bearer ${token}` },
      })
      ;[id] = (body as { calls: { id: string }[] }).calls.map((call) => call.id) // the documented shape
      return id !== undefined
    })
    return id ?? ''
  }

  /** An admin's command on a call between two users; without a PBX it is not allowed. */
  const supervise = (path: string, statuses: readonly number[]): OperationCase => ({
    statuses: hasPbx ? statuses : [501, 204],
    async run(send) {
      const token = await user()
      const id = await talking(token)
      const json = path.includes('/') || path === 'take-over' ? undefined : {}
      const answer = await send(`${V1}/calls/${id}/${path}`, { token: await user('admin'), json })
      await hangUp(token, id)
      return answer
    },
  })
  return { user, claims, at, get, newcomer, cookie, talking, hangUp, command, supervise, ofVoip, pastCall }
}
