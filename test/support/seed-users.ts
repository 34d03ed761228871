import { mkdirSync } from 'node:fs'
import { hash } from '@node-rs/argon2'
import { defaultDatabaseUrl } from '../../api/config/config.ts'
import { createUserStore } from '../../api/store/sql/auth/users.ts'
import { openDatabase } from '../../api/store/sql/database.ts'
import { migrate } from '../../api/store/sql/migrate.ts'

export const CHEAP_PASSWORD = 'cheap to check'

/** Users with phones, in a folder that a stack is started on later; their passwords are as cheap. */
export function addPhoneUsers(data: string, extensions: readonly string[]): Promise<string[]> {
  return addUsers(
    data,
    extensions.map((extension) => ({ username: `phone${extension}`, extension, role: 'user' })),
  )
}

/**
 * Users who may see every file, in a folder that a stack is started on later. Their passwords are hashed as
 * weakly as argon2 can be, so that logging in measures sessions and not hashing.
 * @param memoryCost KiB, where hashing is to take some time
 * @returns their names
 */
export function addCheapUsers(data: string, count: number, memoryCost = 8): Promise<string[]> {
  return addUsers(
    data,
    Array.from({ length: count }, (_, n) => ({ username: `cheap${n}`, extension: null, role: 'supervisor' })),
    memoryCost,
  )
}

type SeedUser = { username: string; extension: string | null; role: 'user' | 'supervisor' }

async function addUsers(data: string, people: readonly SeedUser[], memoryCost = 8): Promise<string[]> {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const url = defaultDatabaseUrl(data)
  await migrate(url)
  const db = await openDatabase(url)
  try {
    const users = createUserStore(db)
    const passwordHash = await hash(CHEAP_PASSWORD, { memoryCost, timeCost: 1, parallelism: 1 })
    for (const person of people) await users.add({ ...person, passwordHash })
    return people.map(({ username }) => username)
  } finally {
    await db.close()
  }
}
