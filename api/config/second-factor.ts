import { z } from 'zod'
import { Role } from '../../contract/claims.ts'
import { commaSeparated } from '../../runtime/env.ts'

export const secondFactorSettings = {
  HOOKSWITCH_SECOND_FACTOR_ROLES: commaSeparated().pipe(
    z.array(z.enum(Role.options, `must be roles, separated by commas: ${Role.options.join(', ')}`)),
  ),
}

type Env = z.output<z.ZodObject<typeof secondFactorSettings>>

export const toSecondFactorConfig = (env: Env) => ({ secondFactorRoles: env.HOOKSWITCH_SECOND_FACTOR_ROLES })
