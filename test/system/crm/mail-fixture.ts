import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultDatabaseUrl } from '../../../api/config/config.ts'
import { type Database, openDatabase } from '../../../api/store/sql/database.ts'
import { seedCallCenter } from '../../support/call-center.ts'
import { type JsonReply, requestJson } from '../../support/http-client.ts'
import {
  type MailServer,
  type MailServerOptions,
  mailedCode,
  type ReceivedMail,
  startMailServer,
} from '../../support/mail-server.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

/** A call center with its own mail server. */
export interface MailFixture {
  stack: Stack
  mail: MailServer
  db: Database
  /** The mail settings, for a second API. */
  env: Record<string, string>
  /** @param path below `/api/auth/` */
  post(path: string, json: unknown): Promise<JsonReply>
  /** Waits until `count` mails to an address have arrived, and returns the newest. */
  waitForMail(to: string, count?: number): Promise<ReceivedMail>
  waitForCode(to: string, count?: number): Promise<string>
  stop(): Promise<void>
}

export const PASSWORD = 'correct horse'

export async function startMailFixture(options: MailServerOptions = {}): Promise<MailFixture> {
  const data = mkdtempSync(join(tmpdir(), 'crm-mail-'))
  await seedCallCenter(data)
  const mail = await startMailServer(options)
  const env = {
    HOOKSWITCH_REGISTRATION: 'open',
    HOOKSWITCH_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
    HOOKSWITCH_MAIL_FROM: 'Voice <voice@example.org>',
    HOOKSWITCH_APP_URL: 'https://app.example.org/crm/',
  }
  const stack = await startStack({ data, demo: false, env })
  const db = await openDatabase(defaultDatabaseUrl(data))
  const waitForMail = async (to: string, count = 1) => {
    await waitUntil(`mail ${count} to ${to}`, () => mail.messagesTo(to).length >= count)
    const found = mail.messagesTo(to).at(-1)
    if (found === undefined) throw new Error('no mail')
    return found
  }
  return {
    stack,
    mail,
    db,
    env,
    post: (path, json) => requestJson(`${stack.url}/api/auth/${path}`, { json }),
    waitForMail,
    waitForCode: async (to, count) => mailedCode(await waitForMail(to, count)),
    async stop() {
      await db.close()
      await stack.stop()
      await mail.stop()
    },
  }
}
