import { createHmac, randomBytes } from 'node:crypto'

const PREFIX = 'whsec_'
const SECRET_BYTES = 32

/** @returns `whsec_` and the base64 of 32 random bytes; the standard asks for 24 to 64 */
export const newWebhookSecret = (): string => PREFIX + randomBytes(SECRET_BYTES).toString('base64')

/**
 * The headers that prove a message.
 *
 * @param secrets `whsec_…`, one signature for each
 * @param timestamp of the attempt, unix seconds
 * @see https://www.standardwebhooks.com, “Webhook Headers”
 */
export function signMessage(
  message: { id: string; body: string },
  secrets: readonly string[],
  timestamp: number,
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const signed = `${message.id}.${timestamp}.${message.body}`
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
  })
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}
