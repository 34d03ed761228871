import { z } from '@hono/zod-openapi'
import { ALGORITHMS, type KeyDescription } from '../../../contract/keys.ts'
import type { DialRules } from '../../core/dial-policy/dial-policy.ts'
import { COMPONENT_STATES, COMPONENTS, type Component } from '../../core/system/system-status.ts'
import { Time } from '../openapi.ts'

export const SystemJson = z
  .object({
    components: z.array(
      z.object({
        name: z.enum(COMPONENTS),
        state: z.enum(COMPONENT_STATES),
        detail: z.string().openapi({ description: 'What this means, and what to do' }),
        since: Time.optional(),
      }),
    ),
    version: z.string(),
    started_at: Time.openapi({ description: 'When the API that answers was started' }),
  })
  .openapi('System')

const Patterns = z.array(z.string())
export const DialPolicyJson = z
  .object({
    country: z.string().nullable().openapi({ example: 'DE' }),
    internal: Patterns.openapi({ description: 'Numbers, or Asterisk patterns, that are extensions' }),
    emergency: Patterns.openapi({ description: 'Never denied and never counted' }),
    international: z.boolean(),
    premium: z.boolean(),
    allow: Patterns,
    deny: Patterns,
    limits: z.object({ per_minute: z.number(), per_day: z.number(), concurrent: z.number() }),
    dial_as: z.string().nullable(),
    out_prefix: z.string(),
    prefixes: Patterns,
    caller_numbers: z
      .record(z.string(), Patterns)
      .openapi({ description: 'By extension', example: { '1001': ['+493012345'] } }),
  })
  .openapi('DialPolicy')

export const KeysJson = z
  .object({
    keys: z.array(
      z.object({
        id: z.string().openapi({ example: 'hs256-20260131T120000000Z-0a1b2c3d' }),
        algorithm: z.enum(ALGORITHMS),
        created_at: Time,
        state: z.enum(['signing', 'pending', 'verifying']).openapi({
          description: '`pending` signs within seconds; `verifying` signs no more, and its tokens are valid',
        }),
      }),
    ),
  })
  .openapi('SigningKeys')

const toTime = (ms: number) => new Date(ms).toISOString()

export const toSystemJson = (
  components: readonly Component[],
  { version, startedAt }: { version: string; startedAt: number },
): z.output<typeof SystemJson> => ({
  components: components.map(({ since, ...one }) => ({
    ...one,
    ...(since === undefined ? {} : { since: toTime(since) }),
  })),
  version,
  started_at: toTime(startedAt),
})

export const toDialPolicyJson = (rules: DialRules): z.output<typeof DialPolicyJson> => ({
  country: rules.country ?? null,
  internal: [...rules.internal],
  emergency: [...rules.emergency],
  international: rules.international,
  premium: rules.premium,
  allow: [...rules.allow],
  deny: [...rules.deny],
  limits: {
    per_minute: rules.limits.perMinute,
    per_day: rules.limits.perDay,
    concurrent: rules.limits.concurrent,
  },
  dial_as: rules.dialAs ?? null,
  out_prefix: rules.outPrefix,
  prefixes: [...rules.prefixes],
  caller_numbers: { ...rules.callerNumbers },
})

export const toKeysJson = (keys: readonly KeyDescription[]): z.output<typeof KeysJson> => ({
  keys: keys.map(({ kid, alg, createdAtMs, state }) => ({
    id: kid,
    algorithm: alg,
    created_at: toTime(createdAtMs),
    state,
  })),
})
