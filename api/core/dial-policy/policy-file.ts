import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max'
import { z } from 'zod'
import { ACCOUNT_EXTENSION } from '../values/extension.ts'
import { isDialPattern } from './dial-pattern.ts'

const pattern = z
  .string()
  .refine(
    isDialPattern,
    'must be a number, or an Asterisk pattern such as _0900. (X, Z, N, [1-5], and . at its end)',
  )
const patterns = z.array(pattern).max(1_000)
const count = z.number().int().min(1).max(1_000_000)

const Members = z.strictObject({
  country: z
    .custom<CountryCode>(
      (text) => typeof text === 'string' && isSupportedCountry(text),
      'must be a country of two capital letters (ISO 3166), such as DE',
    )
    .optional(),
  // None begins with 0, the outside prefix of most countries.
  internal: patterns.default(['_ZX', '_ZXX', '_ZXXX', '_ZXXXX', '_ZXXXXX']),
  // No patterns: these numbers always pass, uncounted, so they should be few.
  emergency: z
    .array(z.string().regex(/^[0-9]{2,8}$/, 'must be 2 to 8 digits'))
    .max(100)
    .optional(),
  international: z.boolean().default(false),
  premium: z.boolean().default(false),
  allow: patterns.default([]),
  // Directory enquiries in Europe: as short as an extension, and among the most expensive numbers.
  deny: patterns.default(['_118XX', '_118XXX']),
  limits: z
    .strictObject({
      perMinute: count.default(10),
      perDay: count.default(500),
      concurrent: count.default(3),
    })
    .prefault({}),
  dialAs: z.enum(['asTyped', 'e164', 'national']).optional(),
  outPrefix: z
    .string()
    .regex(/^[0-9*#]{0,8}$/, 'must be up to 8 of 0-9, * and #')
    .default(''),
  // Prefixes that the PBX's dialplan removes before it dials, such as an 8 that starts a recording.
  prefixes: z
    .array(z.string().regex(/^[0-9*#]{1,8}$/, 'must be 1 to 8 of 0-9, * and #'))
    .max(100)
    .default([]),
  callerNumbers: z
    .record(
      z.string().regex(ACCOUNT_EXTENSION, 'must be an extension'),
      z.array(z.string().regex(/^\+?[0-9]{1,20}$/, 'must be a number')),
    )
    .default({}),
})

/** The settings file of the dial policy: see docs/dial-policy.md. Every member is optional. */
export const PolicyFile = Members.superRefine(({ country, dialAs, outPrefix }, { addIssue }) => {
  const issue = (member: string, message: string) => addIssue({ code: 'custom', path: [member], message })
  if (country === undefined && dialAs !== undefined && dialAs !== 'asTyped') {
    issue('dialAs', `${dialAs} needs a country`)
  }
  if (dialAs === 'e164' && outPrefix !== '') issue('outPrefix', 'must be left out with dialAs e164')
})
export type PolicyFile = z.output<typeof PolicyFile>
