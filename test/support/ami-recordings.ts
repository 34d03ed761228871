import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { project } from './build.ts'

export interface AmiRecording {
  /** `asterisk22/41-park.txt` */
  name: string
  bytes: Buffer
}

/** What Asterisk 16.28 and 22.10 sent, scene by scene; see test/ami-recordings. */
export const amiRecordings: AmiRecording[] = ['asterisk16', 'asterisk22'].flatMap((version) => {
  const folder = join(project, 'test', 'ami-recordings', version)
  return readdirSync(folder)
    .sort()
    .map((file) => ({ name: `${version}/${file}`, bytes: readFileSync(join(folder, file)) }))
})

/** Without the greeting, which is no message. */
export const messagesOf = ({ bytes }: AmiRecording): Buffer =>
  bytes.subarray(bytes.toString('latin1').startsWith('Asterisk Call') ? bytes.indexOf('\n') + 1 : 0)

/** The same bytes in pieces of 1 to `most` bytes, cut by `random`. */
export function splitRandomly(bytes: Buffer, random: () => number, maxBytes = 64): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + Math.floor(random() * maxBytes)
    pieces.push(bytes.subarray(at, end))
    at = end
  }
  return pieces
}
