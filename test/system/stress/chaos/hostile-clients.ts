import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Stack } from '../../../support/stack.ts'
import { streamRequest } from '../../../support/stream-client.ts'
import { FRAMES, MESSAGE_IDS } from '../../../support/stream-requests.ts'
import type { SeededRandom } from './seeded-random.ts'

const EXTENSIONS = [
  'permessage-deflate',
  'permessage-deflate; client_max_window_bits',
  'permessage-deflate; client_max_window_bits=7',
  'permessage-deflate; client_max_window_bits=99',
  'permessage-deflate; client_max_window_bits=-1',
  'permessage-deflate; client_max_window_bits=""',
  'permessage-deflate; server_max_window_bits=99',
  'permessage-deflate; server_max_window_bits=8; client_max_window_bits=8',
  'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
  'permessage-deflate; server_no_context_takeover=1; unknown=2',
  'x-webkit-deflate-frame',
  'x-webkit-deflate-frame; max_window_bits=99; no_context_takeover',
  'permessage-bzip2, permessage-deflate',
  ';;;,,,===',
  Array(400).fill('permessage-deflate').join(','),
  Array(400).fill('x').join(','),
  `permessage-deflate; client_max_window_bits=${'9'.repeat(3_000)}`,
]
const PROTOCOLS = ['', 'ws+meta.nchan', 'ws+meta.nchan, ws+meta.nchan', 'chat', ',,,', 'x'.repeat(3_000)]

/** One frame of any kind: opcode, reserved bits, mask and announced length go their own ways. */
function malformedFrame(dice: SeededRandom): Buffer {
  if (dice.next() < 0.3) return dice.pick(FRAMES)[1]
  const carried = Buffer.alloc(
    dice.pick([0, 1, 2, 5, 125, 126, 127, 200, 4_000, 66_000]),
    dice.between(0, 255),
  )
  const announced = dice.next() < 0.7 ? carried.length : dice.pick([0, 125, 126, 65_535, 2 ** 31, 2 ** 40])
  const masked = dice.next() < 0.8
  const first = dice.pick([
    0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x83, 0x88, 0x89, 0x8a, 0x8b, 0x09, 0x08, 0xc1, 0xff,
  ])
  const maskBit = masked ? 0x80 : 0
  const head =
    announced < 126
      ? Buffer.from([first, maskBit | announced])
      : announced < 65_536
        ? Buffer.from([first, maskBit | 126, announced >> 8, announced & 255])
        : Buffer.concat([Buffer.from([first, maskBit | 127]), eightBytes(announced)])
  return Buffer.concat([head, masked ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0), carried])
}

function eightBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

function closeFrame(dice: SeededRandom): Buffer {
  const code = dice.pick([0, 999, 1000, 1001, 1005, 1006, 1015, 3000, 4999, 65_535])
  const payload = Buffer.concat([
    Buffer.from([code >> 8, code & 255]),
    Buffer.from('z'.repeat(dice.pick([0, 5, 123]))),
  ])
  return Buffer.concat([Buffer.from([0x88, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}

function fragments(dice: SeededRandom): Buffer {
  const part = (first: number, text: string) =>
    Buffer.concat([Buffer.from([first, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])
  const middle = Array.from({ length: dice.between(0, 20) }, () => part(0x00, 'part'))
  return Buffer.concat([
    part(0x01, 'begin'),
    ...middle,
    dice.next() < 0.5 ? part(0x80, 'end') : part(0x81, 'odd'),
  ])
}

/** What a hostile client does after it has connected. */
type Stage = 'connect' | 'half-head' | 'head' | 'head-and-frames' | 'frames' | 'stay'
const STAGES: readonly Stage[] = [
  'connect',
  'half-head',
  'head',
  'head-and-frames',
  'frames',
  'frames',
  'stay',
]

export interface HostileClients {
  /** How many connections had which outcome: `<stage> <status>`. */
  outcomes: Map<string, number>
  stop(): Promise<void>
}

/** Clients that connect, send malformed requests and disconnect, over and over. */
export function startHostileClients(
  stack: Stack,
  tokens: () => string,
  dice: SeededRandom,
  atOnce: number,
): HostileClients {
  const outcomes = new Map<string, number>()
  let isOver = false

  function attack(): Promise<void> {
    const stage = dice.pick(STAGES)
    const kind = dice.next() < 0.75 ? 'ws' : 'sse'
    const headers: string[] = []
    if (dice.next() < 0.6) headers.push(`Sec-WebSocket-Extensions: ${dice.pick(EXTENSIONS)}`)
    if (dice.next() < 0.2) headers.push(`Sec-WebSocket-Extensions: ${dice.pick(EXTENSIONS)}`)
    if (dice.next() < 0.3) headers.push(`Sec-WebSocket-Protocol: ${dice.pick(PROTOCOLS)}`)
    if (dice.next() < 0.15) headers.push(...dice.pick(MESSAGE_IDS)[1].map((header) => header.join(': ')))
    const head = streamRequest({ kind, token: tokens(), headers })
    const frames = () =>
      dice.pick([malformedFrame, malformedFrame, malformedFrame, closeFrame, fragments])(dice)
    const staysMs = dice.pick([0, 0, 1, 3, 10, 30, 100, 400, 1_500])
    const isReset = dice.next() < 0.5
    return new Promise((resolve) => {
      const socket = connect(Number(new URL(stack.url).port), '127.0.0.1')
      let status = ''
      socket.on('data', (chunk) => {
        status ||= chunk.toString('latin1', 9, 12)
        if (stage === 'frames' && socket.writable) socket.write(frames())
      })
      const leave = () => (isReset ? socket.resetAndDestroy() : socket.destroy())
      socket.once('connect', () => {
        if (stage === 'half-head') socket.write(head.slice(0, dice.between(1, head.length - 1)))
        else if (stage === 'head-and-frames')
          socket.write(Buffer.concat([Buffer.from(head), frames(), frames()]))
        else if (stage !== 'connect') socket.write(head)
        if (staysMs === 0) setImmediate(leave)
        else setTimeout(leave, stage === 'stay' ? staysMs * 5 : staysMs)
      })
      socket.on('error', () => {})
      socket.once('close', () => {
        const outcome = `${stage} ${status || '-'}`
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
        resolve()
      })
    })
  }

  const attackers = Array.from({ length: atOnce }, async () => {
    while (!isOver) {
      await attack()
      await sleep(dice.between(5, 60))
    }
  })
  return {
    outcomes,
    async stop() {
      isOver = true
      await Promise.all(attackers)
    },
  }
}
