import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSecretFile, SecretFileError } from '../../runtime/secret-file.ts'

let path = ''
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'hs-secret-')), 'x.secret')
})
afterEach(() => rmSync(join(path, '..'), { recursive: true, force: true }))

const write = (text: string, mode = 0o600) => {
  writeFileSync(path, text)
  chmodSync(path, mode)
}

describe('readSecretFile', () => {
  it('returns the 32 bytes of 64 hex digits in either case, with or without a newline', () => {
    for (const text of ['ab'.repeat(32), `${'AB'.repeat(32)}\n`]) {
      write(text)
      expect(readSecretFile(path)).toEqual(Buffer.alloc(32, 0xab))
    }
  })

  it.each([0o640, 0o604, 0o660, 0o610])('rejects mode %o, as other users can open the file', (mode) => {
    write('ab'.repeat(32), mode)
    expect(() => readSecretFile(path)).toThrow(SecretFileError)
  })

  it.each(['', 'ab'.repeat(31), 'ab'.repeat(33), 'zz'.repeat(32)])(
    'rejects "%s" without showing it',
    (text) => {
      write(text)
      expect(() => readSecretFile(path)).toThrow(new SecretFileError(`${path} does not hold 64 hex digits`))
    },
  )
})
