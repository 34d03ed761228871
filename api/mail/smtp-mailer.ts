import { readFileSync } from 'node:fs'
import { createTransport } from 'nodemailer'
import type { Logger } from '../../runtime/log.ts'
import type { Mailer } from '../core/registration/mailer.ts'
import { toDeliverableAddress } from '../core/values/email.ts'

export interface SmtpServer {
  host: string
  port: number
  /** Implicit TLS. */
  secure: boolean
  /** Sends only after STARTTLS. */
  requireTls: boolean
  /** PEM file of certificates to trust instead of the system's. */
  caPath?: string | undefined
  auth?: { user: string; pass: string } | undefined
  from: { name: string; address: string }
}

/** Per step, in ms. All steps together take less than the outbox claims a mail for. */
const TIMEOUT_MS = 15_000

/** Sends by SMTP (RFC 5321) with STARTTLS (RFC 3207) or implicit TLS. */
export function createSmtpMailer({ host, port, secure, requireTls, caPath, auth, from }: SmtpServer): Mailer {
  const ca = caPath === undefined ? undefined : readFileSync(caPath, 'utf8')
  const transport = createTransport({
    host,
    port,
    secure,
    requireTLS: requireTls,
    // A server on this machine needs no valid certificate.
    tls: { rejectUnauthorized: secure || requireTls, ...(ca !== undefined && { ca }) },
    ...(auth !== undefined && { auth }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    dnsTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send({ to, subject, text }) {
      try {
        await transport.sendMail({
          from,
          // As an object it is never parsed as a list of addresses.
          to: { name: '', address: toDeliverableAddress(to) },
          subject,
          text,
          xMailer: false,
          // RFC 3834: vacation responders must not answer.
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
      } catch (err) {
        throw new Error(describeSmtpError(err))
      }
    },
  }
}

/** For the demo: logs a mail in one line instead of sending it, so that the user finds the code. */
export const createLogMailer = (log: Logger): Mailer => ({
  async send({ to, subject, text }) {
    log.info({ event: 'mail' }, `mail to ${to}: ${subject}: ${text.replace(/\s+/g, ' ').trim()}`)
  },
})

/** @returns error code and SMTP step, without the server's text, which may hold anything */
function describeSmtpError(err: unknown): string {
  const { code, command, responseCode } = (err ?? {}) as Record<string, unknown> // nodemailer's errors have these
  const known = [code, command, responseCode].filter((one) => one !== undefined)
  return `the mail server did not take it: ${known.join(' ') || 'no reason given'}`
}
