import type { User } from '../../api/core/auth/users.ts'

/** A user of the database that no test cares about but for its `changes`. */
export const sampleUser = (changes: Partial<User> = {}): User => ({
  id: '1',
  username: 'anna',
  extension: null,
  email: null,
  displayName: null,
  role: 'user',
  team: null,
  passwordHash: 'secret hash',
  passwordAuthority: 'local',
  mustChangePassword: false,
  source: null,
  sourceId: null,
  disabled: false,
  generation: 0,
  revision: 0,
  createdAt: 0,
  language: null,
  ...changes,
})
