import { writeFileSync } from 'node:fs'

const RATE = 48_000

/**
 * Writes a tone for Chromium's fake microphone: mono, 16 bit, a second that is played again and again. It pauses, as
 * the browser's noise suppression takes away what never changes.
 * @param path of a .wav file
 */
export function writeToneFile(path: string, hertz: number): void {
  const samples = Buffer.alloc(2 * RATE)
  for (let at = 0; at < RATE; at += 1) {
    const isOn = Math.floor((10 * at) / RATE) % 5 !== 4
    if (isOn) samples.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * hertz * at) / RATE)), 2 * at)
  }
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + samples.length, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(RATE, 24)
  header.writeUInt32LE(2 * RATE, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(samples.length, 40)
  writeFileSync(path, Buffer.concat([header, samples]))
}
