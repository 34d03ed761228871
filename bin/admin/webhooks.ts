import { Refusal } from '../../api/core/refusal.ts'
import { parseArguments } from '../arguments.ts'
import { type Command, CommandError, formatTable, formatTime, unknownVerb } from './command.ts'
import { withAdminContext } from './context.ts'
import { type AdminContext, BY_ADMIN } from './services.ts'

/** `webhooks list|test|replay`. A running api sends what is queued here. */
export const webhooksCommand: Command = {
  help: `\
  webhooks list                 endpoints that get events, and whether they fail; see docs/webhooks.md
  webhooks test <id>            a running api sends a message webhook.test to it
  webhooks replay <id> --since <time>
                                messages that failed and are of then or later are sent again; the time as
                                2026-01-31T12:00:00Z`,
  verbs: ['list', 'test', 'replay'],
  run,
}

async function run(args: string[]): Promise<void> {
  const { values: flags, positionals } = parseArguments({
    args,
    allowPositionals: true,
    options: { since: { type: 'string' } },
  })
  const [verb, id] = positionals
  await withAdminContext(async ({ webhooks }) => {
    switch (verb) {
      case 'list':
        return console.log(await listEndpoints(webhooks))
      case 'test':
        return console.log(`queued ${await webhooks.sendTest(requireId(id)).catch(explain)}`)
      case 'replay': {
        const since = Date.parse(flags.since ?? '')
        if (Number.isNaN(since)) throw new CommandError('--since is a time such as 2026-01-31T12:00:00Z')
        const at = Math.floor(since / 1000)
        const count = await webhooks.replayFailed(requireId(id), at, BY_ADMIN).catch(explain)
        return console.log(`${count} ${count === 1 ? 'message is' : 'messages are'} sent again`)
      }
      default:
        throw unknownVerb('webhooks', verb, webhooksCommand.verbs)
    }
  })
}

function requireId(id: string | undefined): string {
  if (id === undefined) throw new CommandError('which endpoint? see webhooks list')
  return id
}

function explain(err: unknown): never {
  if (!(err instanceof Refusal) || err.code === 'unavailable') throw err
  throw new CommandError(`${err.detail}; see webhooks list`)
}

async function listEndpoints(webhooks: AdminContext['webhooks']): Promise<string> {
  const rows = [['id', 'url', 'state', 'failing since', 'events']]
  const { endpoints } = await webhooks.list({ limit: 1_000 })
  for (const one of endpoints) {
    const state = one.enabled
      ? 'enabled'
      : `disabled${one.disabledReason === null ? '' : `: ${one.disabledReason}`}`
    const since = one.failingSince === null ? '-' : formatTime(one.failingSince)
    rows.push([one.id, one.url, state, since, one.events.join(' ')])
  }
  return formatTable(rows)
}
