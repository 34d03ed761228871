import type { Redis } from 'ioredis'
import { z } from 'zod'
import { sha256 } from '../../../runtime/hash.ts'
import { DeviceDecision, type DeviceGrantStore, DeviceRequest } from '../../core/auth/device/device-grants.ts'
import { orUnavailable } from './errors.ts'

const OfUserCode = DeviceRequest.extend({ device: z.string() })
/** An early request is one before this share of the interval: networks delay the one before. */
const INTERVAL_SHARE = 0.9

/** The keys and values have hashes of both codes, so that a reader of Redis cannot use what it finds. */
export function createDeviceGrantStore(redis: Redis): DeviceGrantStore {
  const key = (kind: string, hash: string) => `hookswitch:device-${kind}:${hash}`
  const read = <T>(schema: z.ZodType<T>, json: string | null): T | undefined =>
    json === null ? undefined : schema.safeParse(JSON.parse(json)).data
  const remainingMs = ({ expiresAt }: DeviceRequest) => Math.max(1, expiresAt - Date.now())

  return {
    async add({ deviceCode, userCode }, request, ttl) {
      const device = sha256(deviceCode)
      const ofUser = JSON.stringify({ ...request, device })
      const added = await orUnavailable(redis.set(key('user', sha256(userCode)), ofUser, 'EX', ttl, 'NX'))
      if (added === null) return false
      await orUnavailable(redis.set(key('code', device), JSON.stringify(request), 'EX', ttl))
      return true
    },
    async findByUserCode(userCode) {
      const found = read(OfUserCode, await orUnavailable(redis.get(key('user', sha256(userCode)))))
      return found && DeviceRequest.parse(found)
    },
    async decide(userCode, decision) {
      const found = read(OfUserCode, await orUnavailable(redis.getdel(key('user', sha256(userCode)))))
      if (found === undefined) return false
      const json = JSON.stringify(decision)
      await orUnavailable(redis.set(key('decision', found.device), json, 'PX', remainingMs(found)))
      return true
    },
    async poll(deviceCode, intervalS) {
      const device = sha256(deviceCode)
      const request = read(DeviceRequest, await orUnavailable(redis.get(key('code', device))))
      if (request === undefined) return undefined
      const early = Number(await orUnavailable(redis.get(key('early', device))))
      const intervalMs = Math.round((intervalS + 5 * early) * 1000 * INTERVAL_SHARE)
      const isInTime = await orUnavailable(redis.set(key('poll', device), '1', 'PX', intervalMs, 'NX'))
      if (isInTime !== null) return request
      await orUnavailable(redis.set(key('early', device), String(early + 1), 'PX', remainingMs(request)))
      // The longer interval begins now.
      const longerMs = intervalMs + 5_000 * INTERVAL_SHARE
      await orUnavailable(redis.set(key('poll', device), '1', 'PX', Math.round(longerMs)))
      return 'slow_down'
    },
    async takeDecision(deviceCode) {
      return read(DeviceDecision, await orUnavailable(redis.getdel(key('decision', sha256(deviceCode)))))
    },
    async restoreDecision(deviceCode, decision, ttl) {
      const json = JSON.stringify(decision)
      await orUnavailable(redis.set(key('decision', sha256(deviceCode)), json, 'EX', ttl))
    },
    async remove(deviceCode) {
      await orUnavailable(redis.del(key('code', sha256(deviceCode))))
    },
  }
}
