import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from '../../api/core/refusal.ts'
import { CommandError, time } from './command.ts'
import type { Office } from './context.ts'

/**
 * A user reads all files in the folder named like their extension, also older ones. So a number that another person
 * had is given only by a command that says so.
 * @param deed gives the number; refused as `taken` with `detail` `extension` where it rests
 * @returns what `deed` made, and a line that names the folder where it holds files already, or nothing
 * @throws {CommandError} where the number rests
 */
export async function giving<T>(
  office: Office,
  extension: string | null,
  deed: () => Promise<T>,
): Promise<{ made: T; warning: string }> {
  if (extension === null) return { made: await deed(), warning: '' }
  const made = await deed().catch(async (err) => {
    if (!(err instanceof Refusal && err.code === 'taken' && err.detail === 'extension')) throw err
    const known = await office.extensions.find(extension)
    // A number that another user is called by is not free after its rest either.
    const isName = (await office.users.findByLogin(extension)) !== undefined
    if (known?.state !== 'resting' || isName) throw err
    const since = `extension ${extension} was another person's until ${time(known.changedAt)}, and rests`
    throw new CommandError(`${since}. ${leftIn(office, extension)}: move them away, then say --reuse`)
  })
  const names = await readdir(folderOf(office, extension)).catch(() => [])
  const held = `\nwarning: ${folderOf(office, extension)} holds files already, which this user can read`
  return { made, warning: names.length > 0 ? held : '' }
}

/** What becomes of a number that an account loses. */
export const rests = (office: Office, extension: string | null): string =>
  extension === null ? '' : `\nextension ${extension} rests. ${leftIn(office, extension)}`

const leftIn = (office: Office, extension: string) => `Its files are in ${folderOf(office, extension)}`

const folderOf = ({ mediaRoot }: Office, extension: string) => join(mediaRoot, extension)
