import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openKeyring } from '../../contract/keyring.ts'
import { addKey, retireKey } from '../../contract/keys.ts'

let folder = ''
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'hs-keys-')), 'keys')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

const writeKeyFile = (text: string, mode = 0o600) => {
  const path = join(folder, 'hs256-20250101T000000001Z-00000000.key')
  writeFileSync(path, text)
  chmodSync(path, mode)
}
/** Lets the keyring poll its folder once. */
const nextPoll = () => vi.advanceTimersByTimeAsync(1_000)

describe('keyring', () => {
  it('finds keys by their exact kid alone', () => {
    const kid = addKey(folder, 'HS256')
    const keyring = openKeyring(folder, () => {})
    expect(keyring.find(kid)?.kid).toBe(kid)
    const others = [
      '',
      '__proto__',
      'constructor',
      'toString',
      'get',
      'size',
      `${kid}.key`,
      `./${kid}`,
      kid.toUpperCase(),
    ]
    expect(others.filter((other) => keyring.find(other) !== undefined)).toEqual([])
    keyring.close()
  })

  it('throws instead of signing with a key of another algorithm', () => {
    addKey(folder, 'HS256')
    const keyring = openKeyring(folder, () => {})
    expect(() => keyring.signing('EdDSA', Date.now())).toThrow('no EdDSA key')
    keyring.close()
  })

  it('follows added and retired keys in any order, and notifies its listeners once per change', async () => {
    addKey(folder, 'HS256')
    const keyring = openKeyring(folder, () => {})
    let notifications = 0
    keyring.onChange(() => {
      notifications += 1
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constantFrom('HS256', 'EdDSA'), fc.nat(9)), { maxLength: 6 }),
        async (steps) => {
          for (const step of steps) {
            const before = keyring.all().map(({ kid }) => kid)
            const retired = typeof step === 'number' ? before[step] : undefined
            const added = typeof step === 'string' ? addKey(folder, step) : undefined
            if (retired !== undefined) retireKey(folder, retired)
            const notificationsBefore = notifications
            await nextPoll()
            const kids = keyring.all().map(({ kid }) => kid)
            const expected = [...before, ...(added ? [added] : [])].filter((kid) => kid !== retired)
            expect(kids.toSorted()).toEqual(expected.toSorted())
            expect(kids.every((kid) => keyring.find(kid)?.kid === kid)).toBe(true)
            if (retired !== undefined) expect(keyring.find(retired)).toBeUndefined()
            const isChanged = retired !== undefined || added !== undefined
            expect(notifications - notificationsBefore).toBe(isChanged ? 1 : 0)
          }
        },
      ),
      { numRuns: 60 },
    )
    keyring.close()
  })

  it('notices that one key replaced another', async () => {
    const old = addKey(folder, 'HS256')
    const keyring = openKeyring(folder, () => {})
    retireKey(folder, old)
    const replacement = addKey(folder, 'HS256')
    await nextPoll()
    expect([keyring.find(old), keyring.find(replacement)?.kid]).toEqual([undefined, replacement])
    keyring.close()
  })

  it.each<[string, () => void]>([
    ['the folder is missing', () => renameSync(folder, `${folder}.gone`)],
    ['a new key is readable by others', () => writeKeyFile('ab'.repeat(32), 0o644)],
    ['a new key is malformed', () => writeKeyFile('nonsense')],
  ])('stays as it is and reports the failure when %s', async (_, damage) => {
    const kid = addKey(folder, 'HS256')
    const failures: unknown[] = []
    const keyring = openKeyring(folder, (err) => failures.push(err))
    damage()
    await nextPoll()
    expect(keyring.find(kid)?.kid).toBe(kid)
    expect(failures).toHaveLength(1)
    keyring.close()
  })

  it('drops a retired key although another file cannot be read', async () => {
    const [remaining, retired] = [addKey(folder, 'HS256'), addKey(folder, 'HS256')]
    const keyring = openKeyring(folder, () => {})
    writeKeyFile('nonsense')
    retireKey(folder, retired)
    await nextPoll()
    expect([keyring.find(remaining)?.kid, keyring.find(retired)]).toEqual([remaining, undefined])
    keyring.close()
  })

  it('stops polling when it is closed', async () => {
    addKey(folder, 'HS256')
    const keyring = openKeyring(folder, () => {})
    keyring.close()
    addKey(folder, 'HS256')
    await nextPoll()
    expect(keyring.all()).toHaveLength(1)
  })
})
