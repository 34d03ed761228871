import { createOpaqueRefreshTokens } from '../../../api/core/auth/refresh-token.ts'
import { type ModelSession, newestOf } from './model.ts'

/** Which of its secrets a session's client presents: the newest, its parent, one before, the very first. */
export type SecretChoice = 'newest' | 'parent' | 'older' | 'first'

/** In which way a text is no secret of ours: of no form, with another last digit, or signed with another key. */
export type Garbage = 'noise' | 'mutated' | 'foreign'

const foreign = createOpaqueRefreshTokens(Buffer.alloc(32, 7))

export function chooseSecret(session: ModelSession, which: SecretChoice): string {
  const newest = newestOf(session)
  const number = { newest, parent: newest - 1, older: newest - 2, first: 0 }[which]
  return session.secrets.get(Math.max(0, number)) ?? session.secrets.get(newest) ?? ''
}

/** What is none of ours, however close it looks. */
export function invalidSecretLike(text: string, garbage: Garbage): string {
  if (garbage === 'noise') return 'x'.repeat(text.length)
  if (garbage === 'mutated') return text.slice(0, -1) + (text.endsWith('0') ? '1' : '0')
  return foreign.mint(Buffer.from(text.slice(0, 32), 'hex').toString('base64url'), 9).text
}
