import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NewAccount } from '../../api/core/auth/accounts.ts'
import type { Role } from '../../contract/claims.ts'

/** The users the surfaces' documents speak of. Their passwords are public: loopback only. */
export const DEMO_ACCOUNTS: readonly NewAccount[] = [
  demoAccount('admin', '1000', 'password', 'admin'),
  demoAccount('user1', '1001', 'password'),
  demoAccount('user2', '1002', 'password'),
  demoAccount('user3', '1003', 'password'),
  demoAccount('201', '201', 'b749601f329a635a19c4a87bc359be3d'),
]

/** Pages of existing clients search the addresses of all users, and fail where one has none. */
function demoAccount(username: string, extension: string, password: string, role: Role = 'user'): NewAccount {
  return { username, extension, role, password, email: `${username}@example.org` }
}

/** Puts a recording of one second into the folder of each demo user, where there is none. */
export function addDemoMedia(mediaRoot: string): void {
  for (const { extension } of DEMO_ACCOUNTS) {
    const folder = join(mediaRoot, extension ?? '')
    const file = join(folder, 'hello.wav')
    if (existsSync(file)) continue
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, sineWav(440, 1))
  }
}

/** A WAV file: 8 kHz, 16 bit, mono, as Asterisk records. */
function sineWav(hertz: number, seconds: number): Buffer {
  const rate = 8_000
  const samples = rate * seconds
  const wav = Buffer.alloc(44 + samples * 2)
  wav.write('RIFF', 0, 'latin1')
  wav.writeUInt32LE(36 + samples * 2, 4)
  wav.write('WAVEfmt ', 8, 'latin1')
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(rate, 24)
  wav.writeUInt32LE(rate * 2, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36, 'latin1')
  wav.writeUInt32LE(samples * 2, 40)
  for (let n = 0; n < samples; n += 1) {
    wav.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * hertz * n) / rate)), 44 + n * 2)
  }
  return wav
}
