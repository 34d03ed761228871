import { readFile } from 'node:fs/promises'
import { decodeList } from '../../api/core/call-center/leads/decode-csv.ts'
import type { DialPolicy } from '../../api/core/dial-policy/dial-policy.ts'
import type { Spellings } from '../../api/core/dial-policy/number-variants.ts'
import { Refusal } from '../../api/core/refusal.ts'
import { readWords } from '../arguments.ts'
import { type Command, CommandError, table, time, unknownVerb } from './command.ts'
import { inOffice, type Office } from './context.ts'
import { NEVER } from './number-cell.ts'
import { type NumberList, readNumbers } from './number-list.ts'

const MOST_CHARACTERS = 200
const PAGE = 1_000

/** `dnc add|remove|list|import`: numbers that nobody calls from here. */
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

async function run(words: string[]): Promise<void> {
  const { values: flags, positionals } = readWords({
    args: words,
    allowPositionals: true,
    options: { reason: { type: 'string' } },
  })
  const [verb, ...rest] = positionals
  const reason = flags.reason ?? 'by an admin'
  if (reason.length > MOST_CHARACTERS)
    throw new CommandError(`--reason has up to ${MOST_CHARACTERS} characters`)
  await inOffice(async ({ doNotCall, policy: read }) => {
    const policy = read()
    const now = Math.floor(Date.now() / 1000)
    switch (verb) {
      case 'add':
        refuseEmergency(rest, policy)
        return console.log(told(await doNotCall.add(numbersOf(rest, policy), reason, now)))
      case 'remove': {
        for (const spellings of numbersOf(rest, policy)) {
          if (!(await doNotCall.remove(spellings)))
            throw new CommandError(`${spellings[0]} is not on the list`)
        }
        return console.log('removed')
      }
      case 'list':
        return printAll(doNotCall)
      case 'import': {
        const list = await listIn(rest, policy)
        return console.log(resultOf(list, await doNotCall.add(list.numbers, reason, now)))
      }
      default:
        throw unknownVerb('dnc', verb, doNotCallCommand.verbs)
    }
  })
}

const told = (added: number) => `${added} new on the do-not-call list`

function numbersOf(texts: readonly string[], policy: DialPolicy): Spellings[] {
  if (texts.length === 0) throw new CommandError('which number?')
  return texts.map((text) => {
    try {
      return policy.spellings(text)
    } catch (err) {
      if (!(err instanceof Refusal)) throw err
      throw new CommandError(`${JSON.stringify(text)} is no number: ${err.detail}; nothing was changed`)
    }
  })
}

function refuseEmergency(texts: readonly string[], policy: DialPolicy): void {
  for (const [at, [number]] of numbersOf(texts, policy).entries()) {
    if (policy.inside(number) !== 'emergency') continue
    throw new CommandError(`${JSON.stringify(texts[at])}: ${NEVER}; nothing was changed`)
  }
}

/** Cells that are named of a file with bad ones. */
const MOST_NAMED = 10

/** @throws {CommandError} where a line cannot be read whole, and then for the whole file */
async function listIn([path, stray]: readonly string[], policy: DialPolicy): Promise<NumberList> {
  if (path === undefined || stray !== undefined) throw new CommandError('dnc import takes one file')
  const bytes = await readFile(path).catch(() => {
    throw new CommandError(`${path} cannot be read`)
  })
  try {
    const list = await readNumbers(await textOf(bytes), policy)
    if (list.bad.length === 0) return list
    const named = list.bad.slice(0, MOST_NAMED).map(({ line, column, cell, reason }) => {
      const where = column === undefined ? `line ${line}` : `line ${line}, “${column}”`
      return `${where}: ${JSON.stringify(cell.slice(0, MOST_SHOWN).toWellFormed())} is no number: ${reason}`
    })
    const rest = list.bad.length > MOST_NAMED ? `; and ${list.bad.length - MOST_NAMED} more` : ''
    throw new CommandError(`${named.join('; ')}${rest}; nothing was changed`)
  } catch (err) {
    if (!(err instanceof Refusal) || err.code !== 'input_invalid') throw err
    throw new CommandError(`${err.detail?.split(', or name its')[0] ?? err.code}; nothing was changed`)
  }
}

/** Of a cell that is named. */
const MOST_SHOWN = 80

/** What is not in UTF-8 is in an older encoding of one byte, such as Excel’s “CSV”: the numbers are the same in each. */
async function textOf(bytes: Uint8Array): Promise<string> {
  const decode = async (charset?: string) => (await decodeList(chunksOf(bytes), charset)).join('')
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

function resultOf({ lines, numbers, columns, leftOut }: NumberList, added: number): string {
  const different = new Set(numbers.map(([number]) => number)).size
  const from = columns.length === 0 ? '' : `, of the columns ${columns.join(', ')}`
  const without = leftOut.length === 0 ? '' : ` (left out: ${leftOut.join(', ')})`
  return `${count(lines, 'line')} with ${count(different, 'number')}${from}${without}; ${told(added)}`
}

const count = (many: number, noun: string) => `${many} ${noun}${many === 1 ? '' : 's'}`

async function printAll(doNotCall: Office['doNotCall']): Promise<void> {
  const rows: string[][] = [['number', 'since', 'why']]
  for (let after = ''; ; ) {
    const page = await doNotCall.list({ after, limit: PAGE })
    rows.push(...page.map(({ number, reason, addedAt }) => [number, time(addedAt), reason]))
    after = page.at(-1)?.number ?? ''
    if (page.length < PAGE) break
  }
  console.log(table(rows))
}
