import { z } from 'zod'
import { type HistoryCounts, purgeHistory } from '../../api/core/calls/purge-history.ts'
import { parseArguments } from '../arguments.ts'
import { type Command, CommandError, formatTime, unknownVerb } from './command.ts'
import { withAdminContext } from './context.ts'

const Moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })])

/** `history purge`. */
export const historyCommand: Command = {
  help: `\
  history purge --before <date> [--dry-run]
                                delete for good the calls that began before a date, such as 2026-01-31 (its beginning
                                in UTC) or 2026-01-31T00:00:00+01:00, with who took part and what agents dialed.
                                Leads, campaigns and the files of recordings stay. --dry-run only counts.
                                A setting does the same once an hour: see .env.example`,
  verbs: ['purge'],
  run,
}

async function run(args: string[]): Promise<void> {
  const { values: flags, positionals } = parseArguments({
    args,
    allowPositionals: true,
    options: { before: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  })
  const [verb, stray] = positionals
  if (verb !== 'purge') throw unknownVerb('history', verb, historyCommand.verbs)
  if (stray !== undefined) throw new CommandError('a date is given as --before <date>')
  const beforeS = parseMoment(flags.before)
  await withAdminContext(async ({ callHistory }) => {
    const isDryRun = flags['dry-run'] === true
    const counts = isDryRun ? await callHistory.count(beforeS) : await purgeHistory(callHistory, beforeS)
    console.log(
      `${isDryRun ? 'would delete' : 'deleted'} from before ${formatTime(beforeS)}: ${summarize(counts)}`,
    )
    if (counts.recorded > 0) {
      const had = `${counts.recorded} of these calls had recordings`
      console.log(`${had}: the files stay where the PBX has written them`)
    }
  })
}

function parseMoment(text: string | undefined): number {
  const moment = Moment.safeParse(text)
  if (!moment.success) throw new CommandError('--before is a date such as 2026-01-31; see history --help')
  const seconds = Math.floor(Date.parse(moment.data) / 1000)
  if (seconds > Date.now() / 1000)
    throw new CommandError('--before is in the future: name a moment that is over')
  return seconds
}

const summarize = ({ calls, placedCalls, agentCalls }: HistoryCounts) =>
  `${calls} calls of the history, ${placedCalls} dialed numbers, ${agentCalls} calls of agents`
