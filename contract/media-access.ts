import type { Claims } from './claims.ts'

/**
 * Whether a user may read a file: a user may read the folder named after their extension, supervisors and admins
 * everything, and no user hidden files. A supervisor who is limited to a team may read what a user may: a path names no
 * team, so the API issues links to the recordings of the team.
 *
 * @param path as nginx will serve it, relative to the media root, such as `1001/2026/call.mp3`
 */
export function canReadMedia(claims: Pick<Claims, 'role' | 'extension' | 'reach'>, path: string): boolean {
  if (isHiddenPath(path)) return false
  if (claims.role !== 'user' && claims.reach === undefined) return true
  const { extension } = claims
  return extension !== undefined && path.length > extension.length + 1 && path.startsWith(`${extension}/`)
}

/** Whether no token authorizes the path, as a part of it begins with a dot. */
export const isHiddenPath = (path: string): boolean => path.startsWith('.') || path.includes('/.')
