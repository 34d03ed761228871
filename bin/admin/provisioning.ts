import type { Extension } from '../../api/core/provisioning/extensions.ts'
import { toUnixSeconds } from '../../runtime/time.ts'
import { parseArguments } from '../arguments.ts'
import { type Command, CommandError, formatTable, formatTime, unknownVerb } from './command.ts'
import { type AdminContext, withAdminContext } from './context.ts'

/** `provisioning list|retry`. A running api does what is due. */
export const provisioningCommand: Command = {
  help: `\
  provisioning list             extensions that are not as they should be on the PBX, and why
  provisioning retry [<extension>]
                                try again now, all of them or one`,
  verbs: ['list', 'retry'],
  run,
}

async function run(args: string[]): Promise<void> {
  const { positionals } = parseArguments({ args, allowPositionals: true, options: {} })
  const [verb, extension] = positionals
  await withAdminContext(async (context) => {
    switch (verb) {
      case 'list':
        return console.log(await listPending(context))
      case 'retry': {
        const tried = await retry(context, extension)
        return console.log(`${tried} ${tried === 1 ? 'extension is' : 'extensions are'} tried again now`)
      }
      default:
        throw unknownVerb('provisioning', verb, provisioningCommand.verbs)
    }
  })
}

async function listPending({ extensions, users }: AdminContext): Promise<string> {
  const rows = [['extension', 'state', 'user', 'attempts', 'next try', 'last error']]
  for (const one of await extensions.listUnfinished()) {
    const user = one.userId === null ? undefined : await users.find(one.userId)
    rows.push([
      one.extension,
      one.state,
      user?.username ?? '-',
      String(one.attempts),
      isRetryable(one) ? formatTime(one.nextTryAt) : '-',
      one.lastError ?? '',
    ])
  }
  return formatTable(rows)
}

/** @returns how many */
async function retry({ extensions }: AdminContext, extension: string | undefined): Promise<number> {
  const waiting = (await extensions.listUnfinished()).filter(
    (one) => isRetryable(one) && (extension === undefined || one.extension === extension),
  )
  if (extension !== undefined && waiting.length === 0) {
    throw new CommandError(`nothing is to be done for ${extension}; see provisioning list`)
  }
  const nextTryAt = toUnixSeconds(Date.now())
  const changed = await Promise.all(waiting.map((one) => extensions.update(one, { nextTryAt })))
  return changed.filter((one) => one !== undefined).length
}

const isRetryable = ({ state }: Extension) => state === 'provisioning' || state === 'deprovisioning'
