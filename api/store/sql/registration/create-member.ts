import type { Transaction } from 'kysely'
import type { NewUser, User } from '../../../core/auth/users.ts'
import type { Agent } from '../../../core/call-center/agents/agent.ts'
import { insertUser } from '../auth/user-rows.ts'
import { insertAgent } from '../call-center/agents.ts'
import type { Tables } from '../tables.ts'

type NewMember = Omit<NewUser, 'extension' | 'email'> & { email: string } & Pick<Agent, 'name' | 'team'>

/**
 * Makes a user and their agent within the transaction of what they are made of.
 * @throws {Refusal} `taken` with `detail` as `UserStore.add`
 */
export async function createMember(
  trx: Transaction<Tables>,
  { name, team, ...user }: NewMember,
  now: number,
): Promise<User> {
  const made = await insertUser(trx, { ...user, extension: null }, now)
  await insertAgent(trx, { userId: made.id, name, kind: 'human', team }, now).execute()
  return made
}
