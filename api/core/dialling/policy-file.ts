import { isSupportedCountry } from 'libphonenumber-js/max'
import { z } from 'zod'
import { isPattern } from './pattern.ts'

const pattern = z
  .string()
  .refine(
    isPattern,
    'must be a number, or an Asterisk pattern such as _0900. (X, Z, N, [1-5], and . at its end)',
  )
const patterns = z.array(pattern).max(1_000)
const count = z.number().int().min(1).max(1_000_000)

/** The settings file of what may be dialled: see docs/dial-policy.md. Every member may be left out. */
export const PolicyFile = z.strictObject({
  country: z
    .string()
    .refine(isSupportedCountry, 'must be a country of two letters (ISO 3166), such as DE')
    .optional(),
  internal: patterns.default(['_XX', '_XXX', '_XXXX', '_XXXXX', '_XXXXXX']),
  emergency: z.array(z.string().regex(/^[0-9*#]{2,8}$/, 'must be a short number')).optional(),
  international: z.boolean().default(false),
  premium: z.boolean().default(false),
  allow: patterns.default([]),
  deny: patterns.default([]),
  limits: z
    .strictObject({
      perMinute: count.default(10),
      perDay: count.default(500),
      concurrent: count.default(3),
    })
    .prefault({}),
  dialAs: z.enum(['asTyped', 'e164', 'national']).default('asTyped'),
  outPrefix: z
    .string()
    .regex(/^[0-9*#]{0,8}$/, 'must be up to 8 digits')
    .default(''),
  callerNumbers: z
    .record(z.string(), z.array(z.string().regex(/^\+?[0-9]{1,20}$/, 'must be a number')))
    .default({}),
})
export type PolicyFile = z.output<typeof PolicyFile>
