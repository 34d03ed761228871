import { z } from '@hono/zod-openapi'
import type { JSONValue } from 'hono/utils/types'
import { oneLine } from '../../core/values/one-line.ts'

const Base64Url = z
  .string()
  .max(4096)
  .regex(/^[\w-]+$/, 'must be base64url without padding')
const credential = {
  id: Base64Url,
  rawId: Base64Url,
  type: z.literal('public-key'),
  // No extension was asked for.
  clientExtensionResults: z
    .object({})
    .default({})
    .transform((): Record<string, never> => ({})),
}

const EXAMPLE = { id: 'mDCyM-j6', rawId: 'mDCyM-j6', type: 'public-key', clientExtensionResults: {} } as const
export const REGISTRATION_EXAMPLE = {
  ...EXAMPLE,
  response: { clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0', attestationObject: 'o2NmbXRkbm9uZQ' },
}
export const ANSWER_EXAMPLE = {
  ...EXAMPLE,
  response: {
    clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0',
    authenticatorData: 'SZYN5YgOjGh0NBcP',
    signature: 'MEUCIQDZ',
  },
}

/** The JSON of a new credential (RegistrationResponseJSON) of WebAuthn Level 3 §5.1. */
export const PasskeyRegistration = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: Base64Url,
      attestationObject: z
        .string()
        .max(16_384)
        .regex(/^[\w-]+$/, 'must be base64url without padding'),
      transports: z
        .array(z.string().regex(/^[a-z-]{1,32}$/))
        .max(10)
        .optional(),
    }),
  })
  .openapi('PasskeyRegistration', {
    description: 'What `navigator.credentials.create()` returned, as `toJSON()` has it (WebAuthn Level 3)',
  })
/** The JSON of an assertion (AuthenticationResponseJSON). */
export const PasskeyAnswer = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: Base64Url,
      authenticatorData: Base64Url,
      signature: Base64Url,
      userHandle: Base64Url.optional(),
    }),
  })
  .openapi('PasskeyAnswer', {
    description: 'What `navigator.credentials.get()` returned, as `toJSON()` has it (WebAuthn Level 3)',
  })

export const PasskeyOptionsJson = z
  .object({ options: z.looseObject({ challenge: z.string() }) })
  .openapi('PasskeyOptions', {
    description:
      '`PublicKeyCredentialCreationOptionsJSON` or `…RequestOptionsJSON` of WebAuthn Level 3, for `parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()`; good once, within 5 minutes',
  })

/** Of a library that declares what it leaves out as undefined, which JSON leaves out as well. */
export const toPasskeyOptionsJson = (options: { challenge: string }) => ({
  options: options as { challenge: string; [member: string]: JSONValue }, // it is made for JSON
})

/** A name that a person gives to a passkey or to a device. */
export const DeviceName = z
  .string()
  .trim()
  .regex(oneLine(1, 60), 'must be one line of 1 to 60 characters')
  .openapi({ example: 'Phone' })
