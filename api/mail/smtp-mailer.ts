import { readFileSync } from 'node:fs'
import { createTransport } from 'nodemailer'
import type { Logger } from '../../runtime/log.ts'
import type { Mailer } from '../core/registration/mailer.ts'
import { toDeliverableAddress } from '../core/values/email.ts'

export interface SmtpServer {
  host: string
  port: number
  /** TLS from the start. */
  secure: boolean
  /** Refuses to send without STARTTLS. */
  requireTls: boolean
  /** A file of certificates (PEM) to trust beside the system's. */
  caPath?: string | undefined
  auth?: { user: string; pass: string } | undefined
  from: { name: string; address: string }
}

/** How long a server may be silent, in ms. All of it together stays below what an outbox claims a mail for. */
const TIMEOUT_MS = 15_000

/** Sends by SMTP (RFC 5321), by STARTTLS (RFC 3207) or TLS from the start. */
export function createSmtpMailer({ host, port, secure, requireTls, caPath, auth, from }: SmtpServer): Mailer {
  const ca = caPath === undefined ? undefined : readFileSync(caPath, 'utf8')
  const transport = createTransport({
    host,
    port,
    secure,
    requireTLS: requireTls,
    // On this very machine a certificate proves nothing, and few servers have one for it.
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
          // As an object it is one address, whatever it holds.
          to: { name: '', address: toDeliverableAddress(to) },
          subject,
          text,
          xMailer: false,
          // RFC 3834: nobody's holiday answers it.
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
      } catch (err) {
        throw new Error(describeSmtpError(err))
      }
    },
  }
}

/** For the demo, where no mail leaves: one line, in which whoever tries it finds the code. */
export const createLogMailer = (log: Logger): Mailer => ({
  async send({ to, subject, text }) {
    log.info({ event: 'mail' }, `mail to ${to}: ${subject}: ${text.replace(/\s+/g, ' ').trim()}`)
  },
})

/** What went wrong and in which step; not what the server said, which may hold anything. */
function describeSmtpError(err: unknown): string {
  const { code, command, responseCode } = (err ?? {}) as Record<string, unknown> // nodemailer's errors have these
  const known = [code, command, responseCode].filter((one) => one !== undefined)
  return `the mail server did not take it: ${known.join(' ') || 'no reason given'}`
}
