/** What the page reads from its access token. The server judges the token; here it only chooses what is shown. */
export interface SessionClaims {
  userId: string
  role: 'user' | 'supervisor' | 'admin'
  extension: string | undefined
  /** `team`: a supervisor who oversees one team. */
  reach: string | undefined
}

export function readClaims(token: string): SessionClaims {
  const [, payload = ''] = token.split('.')
  const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
    char.charCodeAt(0),
  )
  const { sub, role, extension, reach } = JSON.parse(new TextDecoder().decode(bytes)) as Record<
    string,
    unknown
  >
  return {
    userId: String(sub),
    role: role === 'admin' || role === 'admins' ? 'admin' : role === 'supervisor' ? 'supervisor' : 'user',
    extension: typeof extension === 'string' ? extension : undefined,
    reach: typeof reach === 'string' ? reach : undefined,
  }
}
