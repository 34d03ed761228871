import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AsteriskServer } from '../asterisk.ts'
import { detectTone } from '../tone-detector.ts'

let recordings = 0

/**
 * Records for a moment what the PBX sends to an extension's phone.
 * @param hertz tones to look for
 * @returns the part of the time that each of them was there, 0 to 1
 */
export async function tonesSentTo(
  asterisk: Pick<AsteriskServer, 'cli' | 'recordings'>,
  extension: string,
  ...hertz: number[]
): Promise<number[]> {
  const channel = (await asterisk.cli('core show channels concise'))
    .split('\n')
    .map((line) => line.split('!')[0] ?? '')
    .find((name) => name.startsWith(`PJSIP/${extension}-`))
  if (channel === undefined) throw new Error(`${extension} is in no call`)
  recordings += 1
  const file = (name: string) => join(asterisk.recordings, `${name}-${recordings}.wav`)
  await asterisk.cli(`mixmonitor start ${channel} ${file('both')},t(${file('sent')})`)
  await sleep(1_500)
  await asterisk.cli(`mixmonitor stop ${channel}`)
  // It closes the file by itself, a moment later.
  await sleep(200)
  const wav = readFileSync(file('sent'))
  return hertz.map((one) => {
    const windows = detectTone(wav, one)
    if (windows.length === 0) throw new Error(`nothing was recorded of ${channel}`)
    return windows.filter((window) => window === '#').length / windows.length
  })
}
