import { mkdirSync } from 'node:fs'
import { hash } from '@node-rs/argon2'
import { embeddedDatabase } from '../../api/config.ts'
import { openDatabase } from '../../api/store/sql/database.ts'
import { migrate } from '../../api/store/sql/migrate.ts'
import { createUserStore } from '../../api/store/sql/users.ts'

export const CHEAP_PASSWORD = 'cheap to check'

/**
 * Users who may see every file, in a folder that a stack is started on later. Their passwords are hashed as
 * weakly as argon2 can be, so that logging in measures sessions and not hashing.
 * @returns their names
 */
export async function addCheapUsers(data: string, count: number): Promise<string[]> {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const url = embeddedDatabase(data)
  await migrate(url)
  const db = await openDatabase(url)
  try {
    const users = createUserStore(db)
    const passwordHash = await hash(CHEAP_PASSWORD, { memoryCost: 8, timeCost: 1, parallelism: 1 })
    const names = Array.from({ length: count }, (_, n) => `cheap${n}`)
    for (const username of names)
      await users.add({ username, extension: null, role: 'supervisor', passwordHash })
    return names
  } finally {
    await db.close()
  }
}
