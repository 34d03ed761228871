import { z } from '@hono/zod-openapi'
import { NewPassword } from '../../core/auth/password.ts'
import type { NewAuthority } from '../../core/auth/password-authorities.ts'

export const PasswordAuthorityBody = z
  .discriminatedUnion('authority', [
    z.strictObject({ authority: z.literal('phone') }),
    z.strictObject({ authority: z.literal('local'), password: NewPassword }),
  ])
  .openapi('PasswordAuthority', { example: { authority: 'phone' } })

export const toNewAuthority = (body: z.output<typeof PasswordAuthorityBody>): NewAuthority => body
