import { timestamp } from './ami-pbx.ts'
import { amiRecordings } from './ami-recordings.ts'

/** A recorded call of two, to be played again with other phones. */
export interface RecordedCall {
  events: number
  /** @param phones the caller's extension and the other's. @returns each event and when it is due, in ms */
  replay(phones: readonly [string, string], startMs: number, slowness: number): { at: number; text: string }[]
}

/** What differs from call to call, as it was recorded. */
const TOKENS = new RegExp(
  [
    String.raw`(?<time>(?<=Timestamp: )\d+\.\d+)`,
    String.raw`(?<id>pbx22-\d+\.\d+)`,
    String.raw`(?<phone>(?<=PJSIP/)\d{3}(?=-)|(?<=PJSIP/|User |: |<)10\d(?=\r|>|,|"))`,
    String.raw`(?<line>(?<=PJSIP/\d{3}-)[0-9a-f]{8})`,
    '(?<bridge>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})',
  ].join('|'),
  'g',
)
type Kind = 'time' | 'id' | 'phone' | 'line' | 'bridge'
type Piece = string | { kind: Kind; nth: number }

let played = 0

/** @param name such as `asterisk22/21-incoming-answered-caller-hangs-up.txt` */
export function loadRecordedCall(name: string): RecordedCall {
  const recording = amiRecordings.find((one) => one.name === name)
  if (recording === undefined) throw new Error(`${name} was never recorded`)
  const known: Record<Exclude<Kind, 'time'>, string[]> = { id: [], phone: [], line: [], bridge: [] }
  const messages = recording.bytes
    .toString('utf8')
    .split('\r\n\r\n')
    .filter((text) => text.startsWith('Event: ') && !text.startsWith('Event: Queue'))
    .map((text) => {
      const at = Number(/^Timestamp: (\d+\.\d+)/m.exec(text)?.[1]) * 1_000
      const pieces: Piece[] = []
      let from = 0
      for (const { index, 0: found, groups = {} } of text.matchAll(TOKENS)) {
        const kind = (['time', 'id', 'phone', 'line', 'bridge'] as const).find((one) => groups[one]) ?? 'time'
        pieces.push(text.slice(from, index), { kind, nth: kind === 'time' ? 0 : indexIn(known[kind], found) })
        from = index + found.length
      }
      return { at, pieces: [...pieces, `${text.slice(from)}\r\n\r\n`] }
    })
  const first = messages[0]?.at ?? 0

  return {
    events: messages.length,
    replay(phones, startMs, slowness) {
      const base = 2 * played++
      const second = Math.floor(startMs / 1_000)
      return messages.map(({ at, pieces }) => {
        const due = startMs + (at - first) * slowness
        const textOf = ({ kind, nth }: Exclude<Piece, string>) => {
          if (kind === 'time') return timestamp(due)
          if (kind === 'id') return `pbx22-${second}.${base + nth}`
          if (kind === 'phone') return phones[nth] ?? ''
          if (kind === 'line') return (base + nth).toString(16).padStart(8, '0')
          return `ca544097-2884-4d1a-b74c-${base.toString(16).padStart(12, '0')}`
        }
        const text = pieces.map((piece) => (typeof piece === 'string' ? piece : textOf(piece))).join('')
        return { at: due, text }
      })
    },
  }
}

function indexIn(known: string[], found: string): number {
  if (!known.includes(found)) known.push(found)
  return known.indexOf(found)
}
