import type { Claims } from './claims.ts'

/**
 * Who may read which file: a user what lies in the folder named like their extension, supervisors and
 * admins everything. A supervisor whose team bounds them reads what a user does: a path names no team, so the
 * API sells them links to their team's recordings. Hidden files are nobody's.
 *
 * @param path as nginx will serve it, relative to the media root, such as `1001/2026/call.mp3`
 */
export function canReadMedia(claims: Pick<Claims, 'role' | 'extension' | 'reach'>, path: string): boolean {
  if (isHiddenPath(path)) return false
  if (claims.role !== 'user' && claims.reach === undefined) return true
  const { extension } = claims
  return extension !== undefined && path.length > extension.length + 1 && path.startsWith(`${extension}/`)
}

/** Nobody's, whatever they hold. */
export const isHiddenPath = (path: string): boolean => path.startsWith('.') || path.includes('/.')
