import { isIP } from 'node:net'
import { z } from 'zod'
import { booleanFlag } from '../../runtime/env.ts'
import { Email, toDeliverableAddress } from '../core/values/email.ts'
import type { provisioningSettings } from './provisioning.ts'
import { publicUrlOf } from './public-url.ts'

/** The mail server, the sender, and the base URL of links in mails. */
export const mailSettings = {
  HOOKSWITCH_SMTP_URL: z
    .string()
    .regex(
      /^smtps?:\/\/([^\s/?#@]+@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?\/?$/,
      'must be smtp://… or smtps://…, without a path or a query; blanks and @ of a password as %20 and %40',
    )
    .refine((text) => parseSmtpAuth(text) !== 'unreadable', 'must have % of a password as %25')
    .optional(),
  HOOKSWITCH_SMTP_CA: z.string().optional(),
  HOOKSWITCH_MAIL_FROM: z
    .string()
    .refine((text) => parseSender(text) !== undefined, 'must be name@example.org or Name <name@example.org>')
    .optional(),
  HOOKSWITCH_APP_URL: z
    .string()
    .regex(/^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/, 'must be http://… or https://…, without a user or a query')
    .optional(),
  /** Only `npm start` sets it, to the address it listens on, if no other setting has an address for links. */
  HOOKSWITCH_CONSOLE_URL: z.string().optional(),
  /** Only `npm start -- --demo` sets it: links are secrets and do not belong in a log. */
  HOOKSWITCH_MAIL_TO_LOG: booleanFlag(),
}

type Env = z.output<z.ZodObject<typeof mailSettings & typeof provisioningSettings>>

/** A mail server also needs a sender and the base URL of links. */
export function validateMail(env: Env, ctx: z.core.$RefinementCtx<Env>): void {
  if (env.HOOKSWITCH_SMTP_URL === undefined) return
  const missing = [
    ...(env.HOOKSWITCH_MAIL_FROM === undefined ? ['HOOKSWITCH_MAIL_FROM'] : []),
    ...((env.HOOKSWITCH_APP_URL ?? publicUrlOf(env)) === undefined ? ['HOOKSWITCH_PUBLIC_URL'] : []),
  ]
  for (const name of missing) {
    ctx.addIssue({ code: 'custom', path: [name], message: 'is not set, and HOOKSWITCH_SMTP_URL needs it' })
  }
}

export function toMailConfig(env: Env) {
  const appUrl = env.HOOKSWITCH_APP_URL?.replace(/\/+$/, '')
  // The console is served by this host, which the app may not be.
  const consoleUrl = `${publicUrlOf(env) ?? appUrl ?? ''}/console`
  return { mail: toMailTransport(env), appUrl, consoleUrl }
}

function toMailTransport(env: Env) {
  if (env.HOOKSWITCH_SMTP_URL === undefined) {
    return env.HOOKSWITCH_MAIL_TO_LOG ? { to: 'log' as const } : undefined
  }
  const { protocol, hostname, port } = new URL(env.HOOKSWITCH_SMTP_URL)
  const auth = parseSmtpAuth(env.HOOKSWITCH_SMTP_URL)
  const host = hostname.replace(/^\[|\]$/g, '')
  const secure = protocol === 'smtps:'
  return {
    to: 'server' as const,
    host,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    /** Mail to another machine is never sent in clear text. */
    requireTls: !secure && !isLoopback(host),
    caPath: env.HOOKSWITCH_SMTP_CA,
    // The schema has validated it.
    auth: auth === 'unreadable' ? undefined : auth,
    from: parseSender(env.HOOKSWITCH_MAIL_FROM ?? '') ?? { name: '', address: '' },
  }
}

function parseSmtpAuth(url: string): { user: string; pass: string } | 'unreadable' | undefined {
  try {
    const { username, password } = new URL(url)
    if (username === '') return undefined
    return { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
  } catch {
    return 'unreadable'
  }
}

const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

function parseSender(text: string): { name: string; address: string } | undefined {
  const [, name = '', address = text] = /^([^\p{C}<>"]{0,100}?) *<([^<>]*)>$/u.exec(text) ?? []
  const { data } = Email.safeParse(address)
  return data === undefined ? undefined : { name, address: toDeliverableAddress(data) }
}
