import { generateServiceToken, SCOPES, type ServiceToken } from '../../contract/service-token.ts'
import { sha256 } from '../../runtime/hash.ts'

/** A service token that is in force for an hour, with its text. */
export function newServiceToken(
  createdAt: number,
  difference: Partial<ServiceToken> = {},
): { token: ServiceToken; text: string } {
  const { id, text } = generateServiceToken()
  const expiresAt = createdAt + 3_600
  const token = { id, name: 'CRM', hash: sha256(text), scopes: SCOPES, networks: [], createdAt, expiresAt }
  return { token: { ...token, ...difference }, text }
}
