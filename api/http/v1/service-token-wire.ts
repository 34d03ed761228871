import { z } from '@hono/zod-openapi'
import { SCOPES } from '../../../contract/service-token.ts'
import type { ListedServiceToken, ServiceTokenCursor } from '../../core/auth/service-token-store.ts'
import {
  DEFAULT_TOKEN_DAYS,
  MAX_NETWORKS,
  MAX_TOKEN_DAYS,
  type NewServiceToken,
  SERVICE_TOKEN_STATES,
  type ServiceTokens,
  TOKEN_NAME,
} from '../../core/auth/service-tokens.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { nextCursor, paged, readCursor } from './paging.ts'

const TokenId = z
  .string()
  .regex(/^[0-9a-f]{16}$/, 'must be the id of a service token')
  .openapi({ example: '0123456789abcdef' })
export const ServiceTokenParams = z.object({ tokenId: TokenId })
const Scope = z.enum(SCOPES).openapi('Scope')
const Network = z.string().max(64).openapi({ example: '192.0.2.0/24' })

export const ServiceTokenJson = z
  .object({
    id: TokenId.openapi({ description: 'Also a part of the token, after `hs_`' }),
    name: z.string(),
    scopes: z.array(Scope),
    networks: z.array(Network).openapi({ description: 'From which it may be used; empty: from everywhere' }),
    state: z.enum(SERVICE_TOKEN_STATES),
    created_by: z.string().openapi({ description: 'Id of a user, or `cli`', example: '1' }),
    created_at: Time,
    expires_at: Time,
    last_used_at: Time.nullable().openapi({
      description: 'To the minute, of requests that the API served; files, streams and metrics do not count',
    }),
    revoked_at: Time.nullable(),
  })
  .openapi('ServiceToken')
export const ServiceTokenListJson = z
  .object({ service_tokens: z.array(ServiceTokenJson), ...paged })
  .openapi('ServiceTokenList')
export const NewServiceTokenJson = z
  .object({
    ...ServiceTokenJson.shape,
    token: z.string().openapi({ description: 'The token itself, shown once', example: 'hs_…' }),
  })
  .openapi('CreatedServiceToken')
export const NewServiceTokenBody = z
  .strictObject({
    name: z.string().trim().regex(TOKEN_NAME, 'must be 1 to 100 characters in one line'),
    scopes: z.array(Scope).min(1).max(SCOPES.length),
    networks: z.array(Network).max(MAX_NETWORKS).default([]),
    expires_in_days: z.int().min(1).max(MAX_TOKEN_DAYS).default(DEFAULT_TOKEN_DAYS),
  })
  .openapi('NewServiceToken', {
    example: { name: 'CRM', scopes: ['calls:dial', 'history:read'], networks: ['192.0.2.0/24'] },
  })

export const toNewServiceToken = ({
  expires_in_days: days,
  ...rest
}: z.output<typeof NewServiceTokenBody>): NewServiceToken => ({ ...rest, days })

const toTime = (seconds: number | null) => (seconds === null ? null : toIsoTime(seconds))

export const toServiceTokenJson = (
  one: ListedServiceToken,
  stateOf: ServiceTokens['stateOf'],
): z.output<typeof ServiceTokenJson> => ({
  id: one.id,
  name: one.name,
  scopes: [...one.scopes],
  networks: [...one.networks],
  state: stateOf(one),
  created_by: one.createdBy,
  created_at: toIsoTime(one.createdAt),
  expires_at: toIsoTime(one.expiresAt),
  last_used_at: toTime(one.lastUsedAt),
  revoked_at: toTime(one.revokedAt),
})

export const toServiceTokenCursor = (page: readonly ListedServiceToken[], limit: number) =>
  nextCursor(page, limit, ({ createdAt, id }) => [createdAt, id])

/** @throws {Refusal} `input_invalid` */
export function readServiceTokenCursor(text: string | undefined): ServiceTokenCursor | undefined {
  const key = readCursor(text, z.tuple([z.int().min(0), TokenId]))
  return key && { createdAt: key[0], id: key[1] }
}
