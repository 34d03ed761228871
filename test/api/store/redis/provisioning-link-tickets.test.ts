import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createProvisioningLinkTickets } from '../../../../api/store/redis/provisioning-link-tickets.ts'
import { Claims } from '../../../../contract/claims.ts'
import { validClaims } from '../../../contract/mint-token.ts'
import { type RedisServer, startRedis } from '../../../support/redis.ts'

let server: RedisServer
let redis: Awaited<ReturnType<RedisServer['connect']>>
beforeAll(async () => {
  server = await startRedis()
  redis = await server.connect()
})
beforeEach(() => redis.flushall())
afterAll(() => server?.stop())

const claims = Claims.parse(validClaims(1_700_000_000))
const ticket = 'a'.repeat(43)

describe('the ticket of a provisioning link', () => {
  test('returns its claims to every client within a minute of the first use', async () => {
    const store = createProvisioningLinkTickets(redis)
    await store.put(ticket, claims, 600)
    const taken = await Promise.all(Array.from({ length: 20 }, () => store.redeem(ticket)))
    expect(taken).toEqual(Array(20).fill(claims))
    const [key = ''] = await redis.keys('*')
    expect(await redis.ttl(key)).toBeLessThanOrEqual(60)
  })

  test('expires a minute after its first use, however often it is used', async () => {
    const store = createProvisioningLinkTickets(redis)
    await store.put(ticket, claims, 600)
    await store.redeem(ticket)
    const [key = ''] = await redis.keys('*')
    await redis.pexpire(key, 1_500)
    expect(await store.redeem(ticket)).toEqual(claims)
    expect(await redis.pttl(key)).toBeLessThanOrEqual(1_500)
  })

  test('expires after its lifetime, and no key contains it', async () => {
    const store = createProvisioningLinkTickets(redis)
    await store.put(ticket, claims, 600)
    const [key = ''] = await redis.keys('*')
    expect(key).not.toContain(ticket)
    expect(await redis.ttl(key)).toBeGreaterThan(590)
    expect(await redis.ttl(key)).toBeLessThanOrEqual(600)
  })

  test('that was never issued is rejected', async () => {
    expect(await createProvisioningLinkTickets(redis).redeem(ticket)).toBeUndefined()
  })

  test('is unavailable, not rejected, while Redis is unreachable', async () => {
    const away = await server.connect()
    away.disconnect()
    await expect(createProvisioningLinkTickets(away).redeem(ticket)).rejects.toMatchObject({
      code: 'unavailable',
    })
  })
})
