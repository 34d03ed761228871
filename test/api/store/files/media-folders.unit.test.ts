import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createMediaFolders } from '../../../../api/store/files/media-folders.ts'

const root = mkdtempSync(join(tmpdir(), 'media-'))
afterAll(() => rmSync(root, { recursive: true }))
const folder = (name: string) => mkdirSync(join(root, name), { recursive: true })

folder('7770')
folder('7771')
writeFileSync(join(root, '7771', 'secret.wav'), 'x')
folder('7772/voicemail')
writeFileSync(join(root, '7773'), 'a file where a folder is due')
symlinkSync('7771', join(root, '7774'))
folder('7775')
writeFileSync(join(root, '7775', '.hidden'), '')

describe('the folder of an extension', () => {
  test.each([
    ['that is not there', '7779', false],
    ['that is empty', '7770', false],
    ['with a file', '7771', true],
    ['with a folder', '7772', true],
    ['with a hidden file', '7775', true],
    ['that is a file', '7773', true],
    ['that leads to one with files', '7774', true],
    ['outside the root', '../7771', true],
    ['that is the root', '.', true],
    ['without a name', '', true],
  ])('%s', async (_, extension, expected) => {
    expect(await createMediaFolders(root).hasFiles(extension)).toBe(expected)
  })

  test.skipIf(process.getuid?.() === 0)('that cannot be read counts as one with files', async () => {
    folder('7776')
    chmodSync(join(root, '7776'), 0)
    expect(await createMediaFolders(root).hasFiles('7776')).toBe(true)
    chmodSync(join(root, '7776'), 0o700)
  })

  test('has no files without a media root', async () => {
    expect(await createMediaFolders(join(root, 'none')).hasFiles('7770')).toBe(false)
  })
})
