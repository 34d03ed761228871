import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hash } from '@node-rs/argon2'
import { embeddedDatabase } from '../../api/config/config.ts'
import { createUserStore } from '../../api/store/sql/auth/users.ts'
import { createAgentStore } from '../../api/store/sql/call-center/agents.ts'
import { openDatabase } from '../../api/store/sql/database.ts'
import { migrate } from '../../api/store/sql/migrate.ts'
import type { Role } from '../../contract/claims.ts'
import { ask, login, type Reply } from './http-client.ts'
import { CHEAP_PASSWORD } from './seed-users.ts'
import { type Stack, startStack } from './stack.ts'

/** A call centre of two teams. The phones are those of the test Asterisk. */
export const CREW = {
  root: { role: 'admin', team: null, extension: null },
  sven: { role: 'supervisor', team: 'sales', extension: null },
  tara: { role: 'supervisor', team: 'support', extension: null },
  anna: { role: 'user', team: 'sales', extension: '1001' },
  bert: { role: 'user', team: 'sales', extension: '1002' },
  carl: { role: 'user', team: 'support', extension: '1003' },
} as const satisfies Record<string, { role: Role; team: string | null; extension: string | null }>
export type Name = keyof typeof CREW

/**
 * Puts them into a database that a stack is started on later; their passwords are `CHEAP_PASSWORD`.
 * @param url of a database; by default the embedded one of the folder
 * @returns their agents' ids
 */
export async function addCrew(data: string, url = embeddedDatabase(data)): Promise<Record<Name, number>> {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  await migrate(url)
  const db = await openDatabase(url)
  try {
    const [users, agents] = [createUserStore(db), createAgentStore(db)]
    const passwordHash = await hash(CHEAP_PASSWORD, { memoryCost: 8, timeCost: 1, parallelism: 1 })
    const ids = new Map<string, number>()
    for (const [username, { role, team, extension }] of Object.entries(CREW)) {
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
    return Object.fromEntries(ids) as Record<Name, number> // one of each
  } finally {
    await db.close()
  }
}

/** Somebody of them at the call centre's surface. */
export interface Colleague {
  token: string
  /** @param path below `/api` */
  ask(path: string, init?: Parameters<typeof ask>[1]): Promise<Reply>
}

export async function logInCrew(node: { url: string; base: string }, name: Name): Promise<Colleague> {
  const { access: token } = await login(node, name, CHEAP_PASSWORD)
  return { token, ask: (path, init) => ask(`${node.url}/api${path}`, { token, ...init }) }
}

/** A stack with the crew in it. */
export interface Crew {
  stack: Stack
  /** Of their agents. */
  ids: Record<Name, number>
  /** Each of them, logged in. */
  people: Record<Name, Colleague>
  stop(): Promise<void>
}

export async function startCrew(env: Record<string, string> = {}): Promise<Crew> {
  const data = mkdtempSync(join(tmpdir(), 'crew-'))
  const remove = () => rmSync(data, { recursive: true, force: true })
  try {
    const ids = await addCrew(data)
    const stack = await startStack({ data, env })
    const names = Object.keys(CREW) as Name[] // it has no others
    const logins = names.map(async (name) => [name, await logInCrew(stack, name)] as const)
    return {
      stack,
      ids,
      people: Object.fromEntries(await Promise.all(logins)) as Record<Name, Colleague>, // one of each
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
