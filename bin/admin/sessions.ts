import type { User } from '../../api/core/auth/users.ts'
import { parseArguments } from '../arguments.ts'
import { type Command, CommandError, formatTable, formatTime, unknownVerb } from './command.ts'
import { withAdminContext } from './context.ts'
import type { AdminContext } from './services.ts'

/** `sessions list|end`. */
export const sessionsCommand: Command = {
  help: `\
  sessions list [<name>]        live sessions, the newest first
  sessions end <session id>     end one
  sessions end --user <name>    end all sessions of a user`,
  verbs: ['list', 'end'],
  run,
}

async function run(args: string[]): Promise<void> {
  const { values: flags, positionals } = parseArguments({
    args,
    allowPositionals: true,
    options: { user: { type: 'string' } },
  })
  const [verb, what] = positionals
  await withAdminContext(async (context) => {
    switch (verb) {
      case 'list':
        return console.log(await listSessions(context, what))
      case 'end': {
        if ((what === undefined) === (flags.user === undefined)) {
          throw new CommandError('name one session id, or --user <name>')
        }
        if (what !== undefined) {
          await context.endSession(what)
          return console.log(`${what} is over`)
        }
        const user = await context.requireUser(flags.user)
        const ended = await context.endAllSessions(user.id, 'ended_by_admin')
        return console.log(`${ended} ${ended === 1 ? 'session' : 'sessions'} of ${user.username} ended`)
      }
      default:
        throw unknownVerb('sessions', verb, sessionsCommand.verbs)
    }
  })
}

async function listSessions(context: AdminContext, name: string | undefined): Promise<string> {
  const rows = [['session', 'user', 'surface', 'began', 'last seen', 'ends', 'address', 'user agent']]
  for await (const user of name === undefined ? allUsers(context) : [await context.requireUser(name)]) {
    for (const one of await context.listLiveSessions(user.id)) {
      const ends = formatTime(Math.min(one.expiresAt, one.idleExpiresAt))
      rows.push([
        one.id,
        user.username,
        one.surface,
        formatTime(one.createdAt),
        formatTime(one.lastSeenAt),
        ends,
        one.address,
        printable(one.userAgent),
      ])
    }
  }
  return formatTable(rows)
}

async function* allUsers({ users }: AdminContext): AsyncGenerator<User> {
  for (let afterId: string | undefined; ; ) {
    const page = await users.list({ limit: 500, ...(afterId && { afterId }) })
    yield* page
    afterId = page.at(-1)?.id
    if (afterId === undefined) return
  }
}

/** A client wrote it: nothing of it may move the cursor of the terminal that shows it. */
const printable = (text: string) => text.replace(/\p{C}/gu, '?').slice(0, 60)
