import { createSessionStore } from '../../../api/store/sql/auth/sessions.ts'
import { createUserStore } from '../../../api/store/sql/auth/users.ts'
import { openDatabase } from '../../../api/store/sql/database.ts'
import { newSession, newUser } from '../fixtures/users.ts'
import { waitForGo } from './wait.ts'

// Writes sessions, ends each, and prints its id once both are acknowledged, until it is killed.
const { url } = await waitForGo()
const db = await openDatabase(url)
const sessions = createSessionStore(db)
const user = await createUserStore(db).add(newUser({ username: `writer-${process.pid}`, extension: null }))
for (let count = 1; ; count++) {
  const id = `${process.pid}-${count}`
  await sessions.add(newSession({ id, userId: user.id }))
  await sessions.end(id, 1_700_000_100, 'logout')
  console.log(id)
}
