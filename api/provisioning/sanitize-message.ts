import { redact } from '../../runtime/log.ts'

/** @returns the message of a PBX in one line of at most 200 characters, without secrets */
export function sanitizeMessage(message: unknown, secrets: readonly string[] = []): string {
  let text = typeof message === 'string' ? message : 'no reason'
  for (const secret of secrets) if (secret !== '') text = text.replaceAll(secret, '[struck]')
  return redact(text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()).slice(0, 200) || 'no reason'
}
