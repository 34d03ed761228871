import { afterAll, beforeAll, describe, test } from 'vitest'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { findPostgres, type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { startSecondNode } from '../../support/second-node.ts'
import { type CampaignRun, expectAllCalledDespiteKill, startCampaignRun } from './campaign-run.ts'

const missing = findPostgres() === undefined ? 'no PostgreSQL' : await whyAsteriskUnavailable()
const title = `a campaign on PostgreSQL${missing === undefined ? '' : ` (skipped: ${missing})`}`

describe.skipIf(missing !== undefined)(title, () => {
  let postgres: PostgresServer
  let run: CampaignRun
  beforeAll(async () => {
    postgres = await startPostgres()
    run = await startCampaignRun({ agents: 11, trunk: 8, url: await postgres.database() })
  })
  afterAll(async () => {
    await run?.stop()
    await postgres?.stop()
  })

  test('each of 80 leads gets its outcome, and no lead is in two calls at once, although the API is killed', async () => {
    await expectAllCalledDespiteKill(run, { leads: 80, maxConcurrent: 8 })
  }, 300_000)

  test('the same with two APIs: the other one takes over the list and records how the calls end', async () => {
    const { stack, settings } = run.telephony
    const second = await startSecondNode(stack, settings)
    try {
      await expectAllCalledDespiteKill(run, { leads: 40, maxConcurrent: 8, group: '1' })
    } finally {
      await second.stop()
    }
  }, 300_000)
})
