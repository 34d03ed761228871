import type { Claims, Role } from './claims.ts'

/** The channels of state that clients ask for by name, and who may. */
const STATE_CHANNEL_ROLES: Readonly<Record<string, readonly Role[]>> = {
  'users-state': ['user', 'supervisor', 'admin'],
  'active-calls': ['supervisor', 'admin'],
}

/** What everybody calls the channel of what is told to them alone. */
const PRIVATE_CHANNEL_NAME = 'me'

/**
 * Where in Nchan the channel lies that a client asks for by `name`, so that no client can name another's.
 * `active-calls` is one message of all calls, so a supervisor whose team bounds them does not follow it.
 * @returns undefined for what is not theirs to follow, or is not there
 */
export function channelFor(
  { sub, role, reach }: Pick<Claims, 'sub' | 'role' | 'reach'>,
  name: string,
): string | undefined {
  if (name === PRIVATE_CHANNEL_NAME) return privateChannelOf(sub)
  // Bounded by their team, they follow what a user does.
  const effectiveRole = reach === undefined ? role : 'user'
  const canSubscribe =
    Object.hasOwn(STATE_CHANNEL_ROLES, name) && STATE_CHANNEL_ROLES[name]?.includes(effectiveRole) === true
  return canSubscribe ? stateChannelOf(name) : undefined
}

export const stateChannelOf = (name: string): string => `state/${name}`

/** @returns undefined for a user whose id cannot stand in the name of a channel: they have none */
export const privateChannelOf = (userId: string): string | undefined =>
  /^[A-Za-z0-9_-]{1,64}$/.test(userId) ? `user/${userId}` : undefined
