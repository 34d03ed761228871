import type { Transaction } from 'kysely'
import type { NewUser, User } from '../../../core/auth/users.ts'
import type { Agent } from '../../../core/call-center/agents/agent.ts'
import { isDisplayNameTaken } from '../auth/display-names.ts'
import { addUser } from '../auth/user-rows.ts'
import { insertAgent } from '../call-center/agents.ts'
import type { Tables } from '../tables.ts'

type NewMember = Omit<NewUser, 'email'> & { email: string } & Pick<Agent, 'name' | 'team'>

/**
 * Creates a user and their agent in the transaction that consumes a registration or an invitation.
 * @throws {Refusal} `taken` with `detail` as `UserStore.add`
 */
export async function createMember(
  trx: Transaction<Tables>,
  { name, team, ...user }: NewMember,
  { now, quarantine }: { now: number; quarantine: number },
): Promise<User> {
  // The mailed link is used up for good, so a name that another user has is left out, not refused.
  const displayName = (await isDisplayNameTaken(trx, name)) ? null : name
  const inserted = await addUser(trx, { ...user, displayName }, { now, quarantine })
  await insertAgent(trx, { userId: inserted.id, name, kind: 'human', team }, now).execute()
  return inserted
}
