import { createLease } from '../../../api/store/redis/lease.ts'
import { connectRedis } from '../../../runtime/redis.ts'
import { waitForGo } from './wait.ts'

// Wants the lease until it is killed, and prints its process id and then each fence it has or has no more.
const { url } = await waitForGo()
const redis = connectRedis(url, () => {})
await redis.connect()
console.log(process.pid)
const lease = createLease({
  redis,
  name: 'pbx',
  instance: 'holder',
  ttlMs: 600,
  intervalMs: 100,
  monotonic: () => performance.now(),
  onFailure() {},
  onListenerError() {},
})
let known: number | undefined
setInterval(() => {
  if (lease.fence() === known) return
  known = lease.fence()
  console.log(known ?? 'none')
}, 5)
