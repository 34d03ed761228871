import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTicketStore } from '../../../../api/store/redis/tickets.ts'
import { Claims } from '../../../../contract/claims.ts'
import { ticketKey } from '../../../../contract/stream-ticket.ts'
import { goodClaims } from '../../../contract/mint-token.ts'
import { type RedisServer, startRedis } from '../../../support/redis.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

const claims = Claims.parse(goodClaims(1_700_000_000))

test('of ten who take a ticket at once one gets what it was bought with, and nobody after', async () => {
  const tickets = createTicketStore(await server.connect())
  await tickets.put('a ticket', claims)
  const taken = await Promise.all(Array.from({ length: 10 }, () => tickets.take('a ticket')))
  expect(taken.filter((one) => one !== undefined)).toEqual([claims])
  expect(await tickets.take('a ticket')).toBeUndefined()
})

test('a ticket that was never sold, or holds no claims, is none', async () => {
  const redis = await server.connect()
  const tickets = createTicketStore(redis)
  expect(await tickets.take('invented')).toBeUndefined()
  await redis.set(ticketKey('odd'), '{"sub":"7"}')
  expect(await tickets.take('odd')).toBeUndefined()
})
