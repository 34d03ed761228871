import { z } from '@hono/zod-openapi'
import type { AppPassword } from '../../core/auth/second-factor/app-password-store.ts'
import type { Passkey } from '../../core/auth/second-factor/factor-store.ts'
import type { OwnFactorList } from '../../core/auth/second-factor/own-factors.ts'
import { FACTOR_METHODS, type FactorAnswer } from '../../core/auth/second-factor/second-factor.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import {
  ANSWER_EXAMPLE,
  DeviceName,
  PasskeyAnswer,
  PasskeyRegistration,
  REGISTRATION_EXAMPLE,
} from './passkey-wire.ts'
import { IdParam, ProblemJson } from './wire.ts'

export const Challenge = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be the challenge of a sign-in')
  .openapi({ description: 'Of the 403 that a right password was answered with' })
const Code = z
  .string()
  .overwrite((text) => text.replace(/\s/g, ''))
  .regex(/^\d{6}$/, 'must be the 6 digits of the authenticator app')
  .openapi({ example: '123456' })
const RecoveryCodes = z
  .array(z.string())
  .openapi({ description: 'Shown once; each works once', example: ['abcd-efgh-ijkl-mnop'] })
const CurrentPassword = z.string().min(1).max(1024)

export const LoginName = z
  .string()
  .min(1)
  .max(256)
  .openapi({ description: 'Username, extension or e-mail address' })
export const SignInBody = z
  .strictObject({ login: LoginName, password: z.string().min(1).max(1024) })
  .openapi('SignIn', { example: { login: 'user1', password: 'password' } })
export const SessionTokenJson = z
  .object({
    session_token: z.string().openapi({
      description:
        'Good once within 60 seconds, as `sessionToken` of `POST /pbxcore/api/v3/auth:login`, which opens the session. 64 hexadecimal digits',
    }),
  })
  .openapi('SessionToken')
export const ChallengedJson = ProblemJson.extend({
  challenge: z.string().openapi({ description: 'Good for 5 minutes and 5 wrong answers' }),
  methods: z.array(z.enum(FACTOR_METHODS)).openapi({ description: 'What the account has' }),
  enrol: z.boolean().openapi({
    description:
      'The account has no second factor and must add one, which the challenge permits, and nothing else',
  }),
}).openapi('SecondFactorChallenge')
export const ChallengeBody = z
  .strictObject({ challenge: Challenge })
  .openapi('ChallengeReference', { example: { challenge: '0'.repeat(64) } })
export const PasskeyOptionsBody = z
  .strictObject({ challenge: Challenge.optional() })
  .openapi('PasskeyOptionsRequest', { example: {} })
export const PasskeySignInBody = z
  .strictObject({ passkey: PasskeyAnswer })
  .openapi('PasskeySignIn', { example: { passkey: ANSWER_EXAMPLE } })
export const SecondFactorBody = z
  .strictObject({
    challenge: Challenge,
    code: Code.optional(),
    recovery_code: z.string().trim().min(1).max(64).optional(),
    passkey: PasskeyAnswer.optional(),
  })
  .refine(
    ({ code, recovery_code, passkey }) =>
      [code, recovery_code, passkey].filter((one) => one !== undefined).length === 1,
    'needs one of code, recovery_code and passkey',
  )
  .openapi('SecondFactorAnswer', { example: { challenge: '0'.repeat(64), code: '123456' } })
export const EnrolBody = z
  .strictObject({
    challenge: Challenge,
    code: Code.optional(),
    passkey: PasskeyRegistration.optional(),
    name: DeviceName.optional(),
  })
  .refine(
    ({ code, passkey }) => (code === undefined) !== (passkey === undefined),
    'needs one of code and passkey',
  )
  .openapi('SecondFactorEnrolment', { example: { challenge: '0'.repeat(64), code: '123456' } })
export const EnrolledJson = SessionTokenJson.extend({
  recovery_codes: RecoveryCodes.nullable(),
}).openapi('SecondFactorEnrolled')

export const TotpSetupJson = z
  .object({
    secret: z.string().openapi({ description: 'Base32 (RFC 4648)' }),
    uri: z.string().openapi({ description: '`otpauth:`, for authenticator apps' }),
    qr: z.string().openapi({ description: 'A QR code of the URI, as a data URI of SVG' }),
  })
  .openapi('TotpSetup')

export const CurrentPasswordBody = z
  .strictObject({ current_password: CurrentPassword })
  .openapi('CurrentPassword', { example: { current_password: 'correct horse' } })
export const TotpCodeBody = z
  .strictObject({ code: Code })
  .openapi('TotpCode', { example: { code: '123456' } })
export const NewRecoveryCodesJson = z
  .object({
    recovery_codes: RecoveryCodes.nullable().openapi({ description: 'Null: the account had some already' }),
  })
  .openapi('NewRecoveryCodes')
export const NewPasskeyBody = z
  .strictObject({ name: DeviceName, passkey: PasskeyRegistration })
  .openapi('NewPasskey', { example: { name: 'Phone', passkey: REGISTRATION_EXAMPLE } })
export const PasskeyParams = z.object({
  passkeyId: z.string().regex(/^[\w-]{1,1400}$/, 'must be the id of a passkey'),
})
const PasskeyJson = z
  .object({ id: z.string(), name: z.string(), created_at: Time, last_used_at: Time.nullable() })
  .openapi('Passkey')
export const OwnFactorsJson = z
  .object({
    totp: z
      .object({ created_at: Time })
      .nullable()
      .openapi({ description: 'The authenticator app; null: none' }),
    passkeys: z.array(PasskeyJson),
    recovery_codes_left: z.number().int().min(0),
    required: z.boolean().openapi({ description: 'My role must have a second factor' }),
    available: z
      .boolean()
      .openapi({ description: 'False where a provider signs me in, which has its own second factor' }),
    passkeys_offered: z.boolean().openapi({ description: 'Whether this installation can have passkeys' }),
  })
  .openapi('SecondFactors')

export const AppPasswordParams = z.object({ appPasswordId: IdParam })
export const NewAppPasswordBody = z
  .strictObject({ name: DeviceName, current_password: CurrentPassword })
  .openapi('NewAppPassword', { example: { name: 'Desk phone', current_password: 'correct horse' } })
const appPassword = {
  id: IdParam,
  name: z.string(),
  created_at: Time,
  last_used_at: Time.nullable().openapi({ description: 'Exact to a minute' }),
}
const AppPasswordJson = z.object(appPassword).openapi('AppPassword')
export const AppPasswordListJson = z
  .object({ app_passwords: z.array(AppPasswordJson) })
  .openapi('AppPasswordList')
export const CreatedAppPasswordJson = z
  .object({ ...appPassword, password: z.string().openapi({ description: 'Shown once' }) })
  .openapi('CreatedAppPassword')

export function toFactorAnswer({
  code,
  recovery_code: recoveryCode,
  passkey,
}: z.output<typeof SecondFactorBody>): FactorAnswer {
  if (code !== undefined) return { code }
  if (recoveryCode !== undefined) return { recoveryCode }
  return { passkey: passkey as NonNullable<typeof passkey> } // one of the three is there
}

export const toOwnFactorsJson = (
  list: OwnFactorList,
  passkeysOffered: boolean,
): z.infer<typeof OwnFactorsJson> => ({
  totp: list.totpSince === null ? null : { created_at: toIsoTime(list.totpSince) },
  passkeys: list.passkeys.map(toPasskeyJson),
  recovery_codes_left: list.recoveryCodes,
  required: list.isRequired,
  available: list.isAvailable,
  passkeys_offered: passkeysOffered,
})

const toPasskeyJson = ({ id, name, createdAt, lastUsedAt }: Passkey): z.infer<typeof PasskeyJson> => ({
  id,
  name,
  created_at: toIsoTime(createdAt),
  last_used_at: lastUsedAt === null ? null : toIsoTime(lastUsedAt),
})

export const toAppPasswordJson = ({
  id,
  name,
  createdAt,
  lastUsedAt,
}: AppPassword): z.infer<typeof AppPasswordJson> => ({
  id,
  name,
  created_at: toIsoTime(createdAt),
  last_used_at: lastUsedAt === null ? null : toIsoTime(lastUsedAt),
})
