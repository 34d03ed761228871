import type { Transaction } from 'kysely'
import type { Agent } from '../../core/crew/agent.ts'
import { Refusal } from '../../core/refusal.ts'
import type { NewUser, User } from '../../core/users.ts'
import { insertAgent } from './agents.ts'
import { UniqueViolation } from './fault.ts'
import type { Tables } from './tables.ts'
import { fold, insertUser, taken } from './users.ts'

type NewMember = Omit<NewUser, 'extension' | 'email'> & { email: string } & Pick<Agent, 'name' | 'team'>

/**
 * Makes a user and their agent within the transaction of what they are made of.
 * @throws {Refusal} `taken` with `detail` as `UserStore.add`, also where somebody logs in by what the new one
 *   would be called
 */
export async function addMember(
  trx: Transaction<Tables>,
  { name, team, ...user }: NewMember,
  now: number,
): Promise<User> {
  const [username, email] = [fold(user.username), fold(user.email)]
  const others = await trx
    .selectFrom('users')
    .select(['username_folded', 'email_folded'])
    .where((is) =>
      is.or([
        is('username_folded', 'in', [username, email]),
        is('email_folded', 'in', [username, email]),
        is('extension', '=', user.username),
      ]),
    )
    .execute()
  if (others.some((one) => one.email_folded === email || one.username_folded === email)) {
    throw new Refusal('taken', { detail: 'email' })
  }
  if (others.length > 0) throw new Refusal('taken', { detail: 'username' })
  const made = await insertUser(trx, { ...user, extension: null }, now)
  await insertAgent(trx, { userId: made.id, name, kind: 'human', team }, now).execute()
  return made
}

/** Of two who are called alike at once, one is. @throws what it was given, worded */
export function asTaken(err: unknown): never {
  throw err instanceof UniqueViolation ? taken(err) : err
}
