import { afterAll, beforeAll, expect, test } from 'vitest'
import { createStreamTicketStore } from '../../../../api/store/redis/tickets.ts'
import { Claims } from '../../../../contract/claims.ts'
import { ticketKey } from '../../../../contract/stream-ticket.ts'
import { validClaims } from '../../../contract/mint-token.ts'
import { type RedisServer, startRedis } from '../../../support/redis.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

const claims = Claims.parse(validClaims(1_700_000_000))

test('of ten concurrent requests with one ticket one gets its claims, and no later request does', async () => {
  const tickets = createStreamTicketStore(await server.connect())
  await tickets.put('a ticket', claims)
  const taken = await Promise.all(Array.from({ length: 10 }, () => tickets.redeem('a ticket')))
  expect(taken.filter((one) => one !== undefined)).toEqual([claims])
  expect(await tickets.redeem('a ticket')).toBeUndefined()
})

test('rejects a ticket that was never issued, and one without claims', async () => {
  const redis = await server.connect()
  const tickets = createStreamTicketStore(redis)
  expect(await tickets.redeem('invented')).toBeUndefined()
  await redis.set(ticketKey('odd'), '{"sub":"7"}')
  expect(await tickets.redeem('odd')).toBeUndefined()
})
