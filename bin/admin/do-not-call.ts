import { readFile } from 'node:fs/promises'
import { decodeCsv } from '../../api/core/call-center/leads/decode-csv.ts'
import type { DialPolicy } from '../../api/core/dial-policy/dial-policy.ts'
import { Refusal } from '../../api/core/refusal.ts'
import { parseArguments } from '../arguments.ts'
import { type Command, CommandError, formatTable, formatTime, unknownVerb } from './command.ts'
import { withAdminContext } from './context.ts'
import { type NumberList, parseNumberList } from './number-list.ts'
import { type AdminContext, BY_ADMIN } from './services.ts'

const MAX_REASON_LENGTH = 200
const PAGE = 1_000

/** `dnc add|remove|list|import`: numbers that are not called from here. */
export const doNotCallCommand: Command = {
  help: `\
  dnc add <number>… [--reason <text>]
                                these numbers are not called from here, neither by hand nor by a campaign;
                                emergency numbers are refused
  dnc remove <number>…          they may be called again
  dnc list                      all of them, since when and why
  dnc import <file> [--reason <text>]
                                the same as add for a list, CSV or text. With a header, every phone
                                and fax column of each row; without one, a number a line, or an area
                                code and a number in two cells. A line that cannot be read whole is
                                named, and nothing is changed`,
  verbs: ['add', 'remove', 'list', 'import'],
  run,
}

async function run(args: string[]): Promise<void> {
  const { values: flags, positionals } = parseArguments({
    args,
    allowPositionals: true,
    options: { reason: { type: 'string' } },
  })
  const [verb, ...rest] = positionals
  const reason = flags.reason ?? 'by an admin'
  if (reason.length > MAX_REASON_LENGTH)
    throw new CommandError(`--reason has up to ${MAX_REASON_LENGTH} characters`)
  await withAdminContext(async ({ doNotCall, loadDialPolicy }) => {
    switch (verb) {
      case 'add':
        if (rest.length === 0) throw new CommandError('which number?')
        return console.log(addedMessage(await doNotCall.add(rest, reason, BY_ADMIN).catch(describeUnchanged)))
      case 'remove':
        if (rest.length === 0) throw new CommandError('which number?')
        for (const number of rest) await doNotCall.remove(number, BY_ADMIN).catch(describeUnchanged)
        return console.log('removed')
      case 'list':
        return printAll(doNotCall)
      case 'import': {
        const list = await readListFile(rest, loadDialPolicy())
        return console.log(importSummary(list, await doNotCall.addChecked(list.numbers, reason, BY_ADMIN)))
      }
      default:
        throw unknownVerb('dnc', verb, doNotCallCommand.verbs)
    }
  })
}

const addedMessage = (added: number) => `${added} new on the do-not-call list`

function describeUnchanged(err: unknown): never {
  if (!(err instanceof Refusal && err.code === 'input_invalid')) throw err
  throw new CommandError(`${err.detail}; nothing was changed`)
}

/** Cells that are named of a file with bad ones. */
const MAX_REPORTED_CELLS = 10

/** @throws {CommandError} where a line cannot be read whole, and then for the whole file */
async function readListFile([path, stray]: readonly string[], policy: DialPolicy): Promise<NumberList> {
  if (path === undefined || stray !== undefined) throw new CommandError('dnc import takes one file')
  const bytes = await readFile(path).catch(() => {
    throw new CommandError(`${path} cannot be read`)
  })
  try {
    const list = await parseNumberList(await decodeFile(bytes), policy)
    if (list.invalid.length === 0) return list
    const named = list.invalid.slice(0, MAX_REPORTED_CELLS).map(({ line, column, cell, reason }) => {
      const where = column === undefined ? `line ${line}` : `line ${line}, “${column}”`
      return `${where}: ${JSON.stringify(cell.slice(0, MAX_SHOWN_CELL_LENGTH).toWellFormed())} is no number: ${reason}`
    })
    const rest =
      list.invalid.length > MAX_REPORTED_CELLS ? `; and ${list.invalid.length - MAX_REPORTED_CELLS} more` : ''
    throw new CommandError(`${named.join('; ')}${rest}; nothing was changed`)
  } catch (err) {
    if (!(err instanceof Refusal) || err.code !== 'input_invalid') throw err
    throw new CommandError(`${err.detail?.split(', or name its')[0] ?? err.code}; nothing was changed`)
  }
}

/** Of a cell that is named. */
const MAX_SHOWN_CELL_LENGTH = 80

/** What is not in UTF-8 is in an older encoding of one byte, such as Excel’s “CSV”: the numbers are the same in each. */
async function decodeFile(bytes: Uint8Array): Promise<string> {
  const decode = async (charset?: string) => (await decodeCsv(chunksOf(bytes), charset)).join('')
  try {
    return await decode()
  } catch (err) {
    if (!(err instanceof Refusal)) throw err
    return decode('windows-1252')
  }
}

async function* chunksOf(bytes: Uint8Array) {
  yield bytes
}

function importSummary({ lines, numbers, readColumns, ignoredColumns }: NumberList, added: number): string {
  const different = new Set(numbers.map(([number]) => number)).size
  const from = readColumns.length === 0 ? '' : `, of the columns ${readColumns.join(', ')}`
  const without = ignoredColumns.length === 0 ? '' : ` (left out: ${ignoredColumns.join(', ')})`
  return `${count(lines, 'line')} with ${count(different, 'number')}${from}${without}; ${addedMessage(added)}`
}

const count = (many: number, noun: string) => `${many} ${noun}${many === 1 ? '' : 's'}`

async function printAll(doNotCall: AdminContext['doNotCall']): Promise<void> {
  const rows: string[][] = [['number', 'since', 'why']]
  for (let after = ''; ; ) {
    const { numbers } = await doNotCall.list(undefined, { after, limit: PAGE })
    rows.push(...numbers.map(({ number, reason, addedAt }) => [number, formatTime(addedAt), reason]))
    after = numbers.at(-1)?.number ?? ''
    if (numbers.length < PAGE) break
  }
  console.log(formatTable(rows))
}
