import { setTimeout as sleep } from 'node:timers/promises'
import { publish } from '../../../support/http-client.ts'
import type { Stack } from '../../../support/stack.ts'
import { stamped } from '../../../support/stream-client.ts'
import { publishSocketOf, requestSocket } from './nchan-socket.ts'
import type { SeededRandom } from './seeded-random.ts'

export interface Publisher {
  /** How many publications had which status; 0 where none came. */
  statuses: Map<number, number>
  stop(): Promise<void>
}

const SNAPSHOT = 80_000
const BIG_SNAPSHOT = 900_000
const EVERY_MS = 220
const BIG_EVERY = 25

/**
 * Publishes large snapshots through the API, and short messages at each instance alone, by which clients see where
 * their stream is.
 */
export function startPublisher(stack: Stack, dice: SeededRandom): Publisher {
  const statuses = new Map<number, number>()
  let isOver = false

  async function snapshots() {
    for (let n = 1; !isOver; n += 1) {
      const size = n % BIG_EVERY < 3 ? BIG_SNAPSHOT : dice.pick([SNAPSHOT, SNAPSHOT, 3_000])
      const status = await publish(stack, stamped(0, size)).then(
        (reply) => reply.status,
        () => 0,
      )
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      await sleep(EVERY_MS)
    }
  }
  async function probes(instance: number) {
    while (!isOver) {
      await publishProbe(stack, instance)
      await sleep(500)
    }
  }
  const jobs = [snapshots(), probes(1), probes(2)]
  return {
    statuses,
    async stop() {
      isOver = true
      await Promise.all(jobs)
    },
  }
}

export const publishProbe = (stack: Stack, instance: number) =>
  requestSocket(publishSocketOf(stack, instance), '/channel/state/users-state', {
    method: 'POST',
    body: JSON.stringify(stamped(instance)),
  })
