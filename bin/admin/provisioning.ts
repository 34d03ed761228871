import { Refusal } from '../../api/core/refusal.ts'
import { parseArguments } from '../arguments.ts'
import { type Command, CommandError, formatTable, formatTime, unknownVerb } from './command.ts'
import { withAdminContext } from './context.ts'
import { type AdminContext, BY_ADMIN } from './services.ts'

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
  await withAdminContext(async ({ provisioningJobs }) => {
    switch (verb) {
      case 'list':
        return console.log(await listPending(provisioningJobs))
      case 'retry': {
        const tried =
          extension === undefined
            ? await provisioningJobs.retryAll(BY_ADMIN)
            : await retryOne(provisioningJobs, extension)
        return console.log(`${tried} ${tried === 1 ? 'extension is' : 'extensions are'} tried again now`)
      }
      default:
        throw unknownVerb('provisioning', verb, provisioningCommand.verbs)
    }
  })
}

const STATES = { create: 'provisioning', remove: 'deprovisioning', none: 'external' } as const

async function listPending(jobs: AdminContext['provisioningJobs']): Promise<string> {
  const rows = [['extension', 'state', 'user', 'attempts', 'next try', 'last error']]
  for (const one of await jobs.list()) {
    rows.push([
      one.extension,
      STATES[one.action],
      one.username ?? '-',
      String(one.attempts),
      one.nextTryAt === null ? '-' : formatTime(one.nextTryAt),
      one.lastError ?? '',
    ])
  }
  return formatTable(rows)
}

async function retryOne(jobs: AdminContext['provisioningJobs'], extension: string): Promise<1> {
  await jobs.retry(extension, BY_ADMIN).catch((err) => {
    if (!(err instanceof Refusal) || err.code === 'unavailable') throw err
    throw new CommandError(`${err.detail}; see provisioning list`)
  })
  return 1
}
