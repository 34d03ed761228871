import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hash } from '@node-rs/argon2'
import { defaultDatabaseUrl } from '../../api/config/config.ts'
import { createUserStore } from '../../api/store/sql/auth/users.ts'
import { createAgentStore } from '../../api/store/sql/call-center/agents.ts'
import { openDatabase } from '../../api/store/sql/database.ts'
import { migrate } from '../../api/store/sql/migrate.ts'
import type { Role } from '../../contract/claims.ts'
import { type JsonReply, login, requestJson } from './http-client.ts'
import { CHEAP_PASSWORD } from './seed-users.ts'
import { type Stack, startStack } from './stack.ts'

/** A call centre of two teams. The phones are those of the test Asterisk. */
export const CALL_CENTER_USERS = {
  root: { role: 'admin', team: null, extension: null },
  sven: { role: 'supervisor', team: 'sales', extension: null },
  tara: { role: 'supervisor', team: 'support', extension: null },
  anna: { role: 'user', team: 'sales', extension: '1001' },
  bert: { role: 'user', team: 'sales', extension: '1002' },
  carl: { role: 'user', team: 'support', extension: '1003' },
} as const satisfies Record<string, { role: Role; team: string | null; extension: string | null }>
export type CallCenterUserName = keyof typeof CALL_CENTER_USERS

/**
 * Puts them into a database that a stack is started on later; their passwords are `CHEAP_PASSWORD`.
 * @param url of a database; by default the embedded one of the folder
 * @returns their agents' ids
 */
export async function seedCallCenter(
  data: string,
  url = defaultDatabaseUrl(data),
): Promise<Record<CallCenterUserName, number>> {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  await migrate(url)
  const db = await openDatabase(url)
  try {
    const [users, agents] = [createUserStore(db), createAgentStore(db)]
    const passwordHash = await hash(CHEAP_PASSWORD, { memoryCost: 8, timeCost: 1, parallelism: 1 })
    const ids = new Map<string, number>()
    for (const [username, { role, team, extension }] of Object.entries(CALL_CENTER_USERS)) {
      const user = await users.add({
        username,
        role,
        extension,
        passwordHash,
        email: `${username}@example.org`,
      })
      const agent = await agents.add({ userId: user.id, name: username, kind: 'human', team }, 0, 0)
      ids.set(username, Number(agent.id))
    }
    return Object.fromEntries(ids) as Record<CallCenterUserName, number> // one of each
  } finally {
    await db.close()
  }
}

/** One of these users on the call center's surface. */
export interface CallCenterClient {
  token: string
  /** @param path below `/api` */
  request(path: string, init?: Parameters<typeof requestJson>[1]): Promise<JsonReply>
}

export async function loginCallCenterUser(
  node: { url: string; base: string },
  name: CallCenterUserName,
): Promise<CallCenterClient> {
  const { access: token } = await login(node, name, CHEAP_PASSWORD)
  return { token, request: (path, init) => requestJson(`${node.url}/api${path}`, { token, ...init }) }
}

/** A stack with the crew in it. */
export interface CallCenterStack {
  stack: Stack
  /** Of their agents. */
  agentIds: Record<CallCenterUserName, number>
  /** Each of them, logged in. */
  clients: Record<CallCenterUserName, CallCenterClient>
  stop(): Promise<void>
}

export async function startCallCenter(env: Record<string, string> = {}): Promise<CallCenterStack> {
  const data = mkdtempSync(join(tmpdir(), 'crew-'))
  const remove = () => rmSync(data, { recursive: true, force: true })
  try {
    const agentIds = await seedCallCenter(data)
    const stack = await startStack({ data, env })
    const names = Object.keys(CALL_CENTER_USERS) as CallCenterUserName[] // it has no others
    const logins = names.map(async (name) => [name, await loginCallCenterUser(stack, name)] as const)
    return {
      stack,
      agentIds,
      clients: Object.fromEntries(await Promise.all(logins)) as Record<CallCenterUserName, CallCenterClient>, // one of each
      async stop() {
        await stack.stop()
        remove()
      },
    }
  } catch (err) {
    remove()
    throw err
  }
}
