import type { Claims, Role } from '../contract/claims.ts'

/** The channels a client may ask for by name, and who may. Everything else is refused. */
const CHANNELS: Readonly<Record<string, readonly Role[]>> = {
  'users-state': ['user', 'supervisor', 'admin'],
}

export function mayFollow(claims: Pick<Claims, 'role'>, channel: string): boolean {
  return Object.hasOwn(CHANNELS, channel) && CHANNELS[channel]?.includes(claims.role) === true
}
