import { z } from '@hono/zod-openapi'
import type { DeviceRequest, StartedDevice } from '../../core/auth/device/device-grants.ts'
import type { OpenedSession } from '../../core/auth/sessions.ts'
import { oneLine } from '../../core/values/one-line.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

export const StartDeviceBody = z.object({
  client_name: z
    .string()
    .trim()
    .regex(oneLine(1, 64), 'must be 1 to 64 characters in one line')
    .openapi({ description: 'What the person sees who allows it', example: 'Desk phone 1001' }),
})
export const DeviceTokenBody = z.object({
  grant_type: z.literal(DEVICE_GRANT),
  device_code: z.string().min(1).max(128),
})
const UserCode = z
  .string()
  .regex(/^[A-Za-z\s\p{P}]{8,64}$/u, 'must be the eight letters that the device shows')
  .openapi({ example: 'WDJB-MJHT' })
export const FindDeviceBody = z
  .object({ user_code: UserCode })
  .openapi('FindDevice', { example: { user_code: 'WDJB-MJHT' } })
export const DecideDeviceBody = z
  .object({ user_code: UserCode, allow: z.boolean() })
  .openapi('DecideDevice', { example: { user_code: 'WDJB-MJHT', allow: true } })

export const StartedDeviceJson = z
  .object({
    device_code: z.string().openapi({ description: 'Secret: it gets the tokens' }),
    user_code: UserCode.openapi({ description: 'For the person; in any case, with or without the hyphen' }),
    verification_uri: z.string().openapi({ description: 'Where the person enters the code' }),
    verification_uri_complete: z.string().openapi({ description: 'The same with the code, for a QR code' }),
    expires_in: z.number().int().openapi({ description: 'Seconds' }),
    interval: z.number().int().openapi({ description: 'Seconds between two requests of tokens' }),
  })
  .openapi('StartedDevice')
export const toStartedDeviceJson = (
  one: StartedDevice,
  verificationUri: string,
): z.infer<typeof StartedDeviceJson> => ({
  device_code: one.deviceCode,
  user_code: one.userCode,
  verification_uri: verificationUri,
  verification_uri_complete: `${verificationUri}?user_code=${one.userCode}`,
  expires_in: one.expiresIn,
  interval: one.interval,
})

/** RFC 6749 §5.1. The tokens are those of the softphone surface. */
export const DeviceTokensJson = z
  .object({
    access_token: z.string().openapi({ description: 'A compact JWT' }),
    refresh_token: z
      .string()
      .openapi({ description: 'A compact JWT, for the `auth/refresh` of the softphone' }),
    token_type: z.literal('Bearer'),
    expires_in: z.number().int().openapi({ description: 'Seconds' }),
  })
  .openapi('DeviceTokens')
export const toDeviceTokensJson = (session: OpenedSession): z.infer<typeof DeviceTokensJson> => ({
  access_token: session.accessToken,
  refresh_token: session.refreshToken,
  token_type: 'Bearer',
  expires_in: session.expiresIn,
})

export const DeviceRequestJson = z
  .object({
    client_name: z.string().openapi({ description: 'What the device calls itself: not verified' }),
    address: z.string().openapi({ description: 'Where its request came from', example: '192.0.2.7' }),
    expires_at: Time,
  })
  .openapi('DeviceRequest')
export const toDeviceRequestJson = (one: DeviceRequest): z.infer<typeof DeviceRequestJson> => ({
  client_name: one.client,
  address: one.address,
  expires_at: toIsoTime(Math.floor(one.expiresAt / 1000)),
})
