import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { childrenOf } from '../../../support/process-tree.ts'
import type { Stack } from '../../../support/stack.ts'
import { openStream, type StreamClient, type StreamRequest } from '../../../support/stream-client.ts'
import { requestSocket } from './nchan-socket.ts'
import type { ProcessExits } from './process-exits.ts'
import { publishProbe } from './publisher.ts'
import type { SeededRandom } from './seeded-random.ts'

export interface ProcessFailure {
  what:
    | 'kill instance'
    | 'stop instance'
    | 'kill relay'
    | 'stop relay'
    | 'kill sidecar'
    | 'stop sidecar'
    | 'stop front worker'
  /** The instance with the affected streams; undefined where all are affected. */
  instance: 1 | 2 | undefined
  from: number
  /** For how long the process was stopped, in ms. */
  stoppedMs?: number
  /** When all was well again; Infinity before. */
  to: number
}

export interface ProcessFailures {
  all: readonly ProcessFailure[]
  /** Waits until the one under way is over. */
  stop(): Promise<void>
}

/**
 * Kills and stops programs of the stack, one at a time, with a pause after each.
 * @param token of a living session, for streams that show that an instance is back
 */
export function startProcessFailures(
  stack: Stack,
  deaths: ProcessExits,
  token: string,
  dice: SeededRandom,
): ProcessFailures {
  const all: ProcessFailure[] = []
  let isOver = false

  async function inject(what: ProcessFailure['what'], instance?: 1 | 2): Promise<void> {
    const disturbance: ProcessFailure = {
      what,
      instance,
      from: performance.now(),
      to: Number.POSITIVE_INFINITY,
    }
    all.push(disturbance)
    const isRelay = what === 'kill relay' || what === 'stop relay'
    const part = instance === undefined ? 'sidecar' : (`${isRelay ? 'relay' : 'stream'}-${instance}` as const)
    if (what.startsWith('kill')) {
      deaths.expectKill(part)
      stack.signal(part, 'SIGKILL')
    } else {
      const pid = what === 'stop front worker' ? dice.pick(childrenOf(stack.pid('nginx'))) : stack.pid(part)
      disturbance.stoppedMs = dice.between(1_000, 8_000)
      process.kill(pid, 'SIGSTOP')
      await sleep(disturbance.stoppedMs)
      resumeProcess(pid)
    }
    if (instance === undefined) await waitForSidecar(stack)
    else await waitForInstance(stack, instance, { kind: isRelay ? 'ws' : 'sse', token })
    disturbance.to = performance.now()
  }

  async function injectRepeatedly() {
    const actions = [
      () => inject('kill instance', 1),
      () => inject('stop sidecar'),
      () => inject('kill relay', dice.pick([1, 2])),
      () => inject('kill instance', 2),
      () => inject('stop front worker'),
      () => inject('stop instance', dice.pick([1, 2])),
      () => inject('stop relay', dice.pick([1, 2])),
      () => inject('kill sidecar'),
    ]
    while (true) {
      for (const deed of actions) {
        await sleep(dice.between(1_500, 3_500))
        if (isOver) return
        await deed()
      }
    }
  }
  const going = injectRepeatedly()
  return {
    all,
    async stop() {
      isOver = true
      await going
    },
  }
}

function resumeProcess(pid: number) {
  try {
    process.kill(pid, 'SIGCONT')
  } catch {
    // Its starter has ended it meanwhile.
  }
}

async function waitForSidecar({ run }: Stack): Promise<void> {
  while ((await requestSocket(join(run, 'sidecar.sock'), '/ready')).status !== 200) await sleep(50)
}

/** Opens streams through the front until one of them is at this instance. */
async function waitForInstance(stack: Stack, instance: number, request: StreamRequest): Promise<void> {
  const clients: StreamClient[] = []
  while (!clients.some((client) => client.instance() === instance)) {
    clients.push(openStream(stack, request))
    await sleep(50)
    void publishProbe(stack, instance)
    await sleep(50)
  }
  for (const { socket } of clients) socket.destroy()
}
