import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from '../../api/core/refusal.ts'
import { CommandError, formatTime } from './command.ts'
import type { AdminContext } from './services.ts'

/**
 * A user reads all files in the folder named like their extension, also older ones. So a number that another person
 * had is assigned only by a command with `--reuse`.
 * @param assign gives the number; refused as `taken` with `detail` `extension` where it rests
 * @returns what `deed` made, and a line that names the folder where it holds files already, or nothing
 * @throws {CommandError} where the number rests
 */
export async function assignExtension<T>(
  context: AdminContext,
  extension: string | null,
  assign: () => Promise<T>,
): Promise<{ result: T; warning: string }> {
  if (extension === null) return { result: await assign(), warning: '' }
  const result = await assign().catch(async (err) => {
    if (!(err instanceof Refusal && err.code === 'taken' && err.detail === 'extension')) throw err
    const known = await context.extensions.find(extension)
    // A number that another user is called by is not free after its rest either.
    const isName = (await context.users.findByLogin(extension)) !== undefined
    if (known?.state !== 'quarantined' || isName) throw err
    const since = `extension ${extension} was another person's until ${formatTime(known.changedAt)}, and rests`
    throw new CommandError(
      `${since}. ${describeMediaFolder(context, extension)}: move them away, then add --reuse`,
    )
  })
  const names = await readdir(mediaFolderOf(context, extension)).catch(() => [])
  const warning = `\nwarning: ${mediaFolderOf(context, extension)} holds files already, which this user can read`
  return { result, warning: names.length > 0 ? warning : '' }
}

/** What becomes of a number that an account loses. */
export const describeQuarantine = (context: AdminContext, extension: string | null): string =>
  extension === null ? '' : `\nextension ${extension} rests. ${describeMediaFolder(context, extension)}`

const describeMediaFolder = (context: AdminContext, extension: string) =>
  `Its files are in ${mediaFolderOf(context, extension)}`

const mediaFolderOf = ({ mediaRoot }: AdminContext, extension: string) => join(mediaRoot, extension)
