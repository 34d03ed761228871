import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embeddedDatabase } from '../../../api/config/config.ts'
import { type Database, openDatabase } from '../../../api/store/sql/database.ts'
import { addCrew } from '../../support/call-center.ts'
import { ask, type Reply } from '../../support/http-client.ts'
import {
  codeIn,
  type Letter,
  type MailServer,
  type MailServerOptions,
  startMailServer,
} from '../../support/mail-server.ts'
import { type Stack, startStack, until } from '../../support/stack.ts'

/** A call centre that sends mail to a server of its own. */
export interface MailWorld {
  stack: Stack
  mail: MailServer
  db: Database
  /** What its APIs are told of mail, for another one. */
  env: Record<string, string>
  /** @param path below `/api/auth/` */
  post(path: string, json: unknown): Promise<Reply>
  /** The newest letter to somebody, once there are as many. */
  letter(to: string, count?: number): Promise<Letter>
  code(to: string, count?: number): Promise<string>
  stop(): Promise<void>
}

export const PASSWORD = 'correct horse'

export async function startMailWorld(options: MailServerOptions = {}): Promise<MailWorld> {
  const data = mkdtempSync(join(tmpdir(), 'crm-mail-'))
  await addCrew(data)
  const mail = await startMailServer(options)
  const env = {
    HOOKSWITCH_REGISTRATION: 'open',
    HOOKSWITCH_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
    HOOKSWITCH_MAIL_FROM: 'Voice <voice@example.org>',
    HOOKSWITCH_APP_URL: 'https://app.example.org/crm/',
  }
  const stack = await startStack({ data, demo: false, env })
  const db = await openDatabase(embeddedDatabase(data))
  const letter = async (to: string, count = 1) => {
    await until(`letter ${count} to ${to}`, () => mail.to(to).length >= count)
    const found = mail.to(to).at(-1)
    if (found === undefined) throw new Error('no letter')
    return found
  }
  return {
    stack,
    mail,
    db,
    env,
    post: (path, json) => ask(`${stack.url}/api/auth/${path}`, { json }),
    letter,
    code: async (to, count) => codeIn(await letter(to, count)),
    async stop() {
      await db.close()
      await stack.stop()
      await mail.stop()
    },
  }
}
