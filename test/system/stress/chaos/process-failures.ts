import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { childrenOf } from '../../../support/process-tree.ts'
import type { Stack } from '../../../support/stack.ts'
import { openStream, type StreamClient, type StreamRequest } from '../../../support/stream-client.ts'
import { askSocket } from './nchan-socket.ts'
import type { Deaths } from './process-exits.ts'
import { probe } from './publisher.ts'
import type { Dice } from './seeded-random.ts'

export interface Disturbance {
  what:
    | 'kill instance'
    | 'stop instance'
    | 'kill relay'
    | 'stop relay'
    | 'kill sidecar'
    | 'stop sidecar'
    | 'stop front worker'
  /** Whose streams it concerns; undefined where it concerns all. */
  instance: 1 | 2 | undefined
  from: number
  /** For how long the process was stopped, in ms. */
  stoppedMs?: number
  /** When all was well again; Infinity before. */
  to: number
}

export interface Disturbances {
  all: readonly Disturbance[]
  /** Waits until the one under way is over. */
  stop(): Promise<void>
}

/**
 * Kills and stops programs of the stack, one at a time, with a pause after each.
 * @param token of a living session, for streams that show that an instance is back
 */
export function startDisturbances(stack: Stack, deaths: Deaths, token: string, dice: Dice): Disturbances {
  const all: Disturbance[] = []
  let isOver = false

  async function disturb(what: Disturbance['what'], instance?: 1 | 2): Promise<void> {
    const disturbance: Disturbance = { what, instance, from: performance.now(), to: Number.POSITIVE_INFINITY }
    all.push(disturbance)
    const isRelay = what === 'kill relay' || what === 'stop relay'
    const part = instance === undefined ? 'sidecar' : (`${isRelay ? 'relay' : 'stream'}-${instance}` as const)
    if (what.startsWith('kill')) {
      deaths.expect(part)
      stack.signal(part, 'SIGKILL')
    } else {
      const pid = what === 'stop front worker' ? dice.any(childrenOf(stack.pid('nginx'))) : stack.pid(part)
      disturbance.stoppedMs = dice.between(1_000, 8_000)
      process.kill(pid, 'SIGSTOP')
      await sleep(disturbance.stoppedMs)
      wake(pid)
    }
    if (instance === undefined) await sidecarAnswers(stack)
    else await instanceTakesStreams(stack, instance, { kind: isRelay ? 'ws' : 'sse', token })
    disturbance.to = performance.now()
  }

  async function goOn() {
    const deeds = [
      () => disturb('kill instance', 1),
      () => disturb('stop sidecar'),
      () => disturb('kill relay', dice.any([1, 2])),
      () => disturb('kill instance', 2),
      () => disturb('stop front worker'),
      () => disturb('stop instance', dice.any([1, 2])),
      () => disturb('stop relay', dice.any([1, 2])),
      () => disturb('kill sidecar'),
    ]
    while (true) {
      for (const deed of deeds) {
        await sleep(dice.between(1_500, 3_500))
        if (isOver) return
        await deed()
      }
    }
  }
  const going = goOn()
  return {
    all,
    async stop() {
      isOver = true
      await going
    },
  }
}

function wake(pid: number) {
  try {
    process.kill(pid, 'SIGCONT')
  } catch {
    // Its starter has ended it meanwhile.
  }
}

async function sidecarAnswers({ run }: Stack): Promise<void> {
  while ((await askSocket(join(run, 'sidecar.sock'), '/ready')).status !== 200) await sleep(50)
}

/** Opens streams through the front until one of them is at this instance. */
async function instanceTakesStreams(stack: Stack, instance: number, request: StreamRequest): Promise<void> {
  const clients: StreamClient[] = []
  while (!clients.some((client) => client.instance() === instance)) {
    clients.push(openStream(stack, request))
    await sleep(50)
    void probe(stack, instance)
    await sleep(50)
  }
  for (const { socket } of clients) socket.destroy()
}
