import { readFileSync } from 'node:fs'
import { createPasswordFilter } from '../../core/auth/password-filter.ts'

/** Beside this file, and beside a bundle: `bin/build.mjs` copies it. its sources are in `common-passwords.md`. */
const FILE = new URL('./common-passwords.bin', import.meta.url)

/**
 * Reads the list of common and breached passwords, in lower case.
 * @throws the error of the file system: without the list no password could be judged
 */
export const loadCommonPasswords = (): ((text: string) => boolean) => createPasswordFilter(readFileSync(FILE))
