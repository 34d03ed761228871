import type { Claims, Role } from './claims.ts'

/** State channels, by the name that clients use, and the roles that may subscribe. */
const STATE_CHANNEL_ROLES: Readonly<Record<string, readonly Role[]>> = {
  'users-state': ['user', 'supervisor', 'admin'],
  'active-calls': ['supervisor', 'admin'],
}

/** The name by which every user subscribes to their own private channel. */
const PRIVATE_CHANNEL_NAME = 'me'

/**
 * Maps the name that a client subscribes to onto a channel of Nchan, so that no client can name another user's channel.
 * A message of `active-calls` holds all calls, so a supervisor who is limited to a team cannot subscribe to it.
 * @returns undefined if the user may not subscribe, or there is no such channel
 */
export function channelFor(
  { sub, role, reach }: Pick<Claims, 'sub' | 'role' | 'reach'>,
  name: string,
): string | undefined {
  if (name === PRIVATE_CHANNEL_NAME) return privateChannelOf(sub)
  // A supervisor who is limited to a team may subscribe to what a user may.
  const effectiveRole = reach === undefined ? role : 'user'
  const canSubscribe =
    Object.hasOwn(STATE_CHANNEL_ROLES, name) && STATE_CHANNEL_ROLES[name]?.includes(effectiveRole) === true
  return canSubscribe ? stateChannelOf(name) : undefined
}

export const stateChannelOf = (name: string): string => `state/${name}`

/** Whether a service token with a scope for presence may follow, or publish, a channel of this name. */
export const isServiceChannel = (name: string): boolean => name === 'users-state'

/** @returns undefined if the user's id has characters that a channel name cannot have: that user has no channel */
export const privateChannelOf = (userId: string): string | undefined =>
  /^[A-Za-z0-9_-]{1,64}$/.test(userId) ? `user/${userId}` : undefined
