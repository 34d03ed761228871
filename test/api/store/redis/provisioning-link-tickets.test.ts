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

describe('a ticket of a link', () => {
  test('is what it was bought with, for all who come within a minute of the first', async () => {
    const store = createProvisioningLinkTickets(redis)
    await store.put(ticket, claims, 600)
    const taken = await Promise.all(Array.from({ length: 20 }, () => store.redeem(ticket)))
    expect(taken).toEqual(Array(20).fill(claims))
    const [key = ''] = await redis.keys('*')
    expect(await redis.ttl(key)).toBeLessThanOrEqual(60)
  })

  test('is over a minute after the first taking, however often it is taken', async () => {
    const store = createProvisioningLinkTickets(redis)
    await store.put(ticket, claims, 600)
    await store.redeem(ticket)
    const [key = ''] = await redis.keys('*')
    await redis.pexpire(key, 1_500)
    expect(await store.redeem(ticket)).toEqual(claims)
    expect(await redis.pttl(key)).toBeLessThanOrEqual(1_500)
  })

  test('is over after its time, and can be read in no key', async () => {
    const store = createProvisioningLinkTickets(redis)
    await store.put(ticket, claims, 600)
    const [key = ''] = await redis.keys('*')
    expect(key).not.toContain(ticket)
    expect(await redis.ttl(key)).toBeGreaterThan(590)
    expect(await redis.ttl(key)).toBeLessThanOrEqual(600)
  })

  test('that nobody bought is none', async () => {
    expect(await createProvisioningLinkTickets(redis).redeem(ticket)).toBeUndefined()
  })

  test('cannot be judged while Redis is away, and that is no "no"', async () => {
    const away = await server.connect()
    away.disconnect()
    await expect(createProvisioningLinkTickets(away).redeem(ticket)).rejects.toMatchObject({
      code: 'unavailable',
    })
  })
})
