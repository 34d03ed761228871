import { describe, expect, test } from 'vitest'
import type { DoNotCallEntry } from '../../../../../api/core/call-center/leads/do-not-call.ts'
import type { WebhookEvent } from '../../../../../api/core/call-center/webhooks/webhook-event-store.ts'
import { createDoNotCall } from '../../../../../api/store/sql/call-center/do-not-call.ts'
import { createWebhookEventStore } from '../../../../../api/store/sql/call-center/webhook-events.ts'
import { onBothEngines } from '../engines.ts'

const newEvent = (difference: Partial<WebhookEvent> = {}): WebhookEvent => ({
  id: 'bf6307bd',
  source: 'telnyx',
  type: 'message.received',
  occurredAt: null,
  receivedAt: 1_750_000_000,
  body: '{"data":{"text":"привет \\u0000"}}',
  ...difference,
})
const reason = 'opted out by message: STOP'
const optOut: DoNotCallEntry = { variants: ['+493012345', '03012345'], reason }

describe('a webhook event', () => {
  onBothEngines((engine) => {
    const setUp = async () => {
      const db = await engine.tables()
      return { db, events: createWebhookEventStore(db), doNotCall: createDoNotCall(db) }
    }

    test('is stored once, as received', async () => {
      const { db, events } = await setUp()
      expect(await events.save(newEvent(), undefined)).toBe(true)
      expect(await events.save(newEvent({ body: '{}' }), undefined)).toBe(false)
      const rows = await db.query.selectFrom('webhook_events').selectAll().execute()
      expect(rows).toEqual([
        {
          id: 'bf6307bd',
          source: 'telnyx',
          type: 'message.received',
          occurred_at: null,
          received_at: 1_750_000_000,
          body: newEvent().body,
        },
      ])
    })

    test('is new to one of many concurrent writers', async () => {
      const { events } = await setUp()
      const saved = await Promise.all(Array.from({ length: 10 }, () => events.save(newEvent(), optOut)))
      expect(saved.filter((isNew) => isNew)).toHaveLength(1)
    })

    test('adds its sender to the do-not-call list, and an existing reason stays', async () => {
      const { events, doNotCall } = await setUp()
      await doNotCall.add([['+4940']], 'asked by phone', 1)
      await events.save(newEvent(), optOut)
      await events.save(newEvent({ id: 'b' }), { reason, variants: ['0049 40', '+4940'] })
      expect(await doNotCall.list({ limit: 10 })).toEqual([
        { number: '+493012345', reason, addedAt: 1_750_000_000 },
        { number: '+4940', reason: 'asked by phone', addedAt: 1 },
      ])
    })

    test('is not stored if the do-not-call entry fails, so that a retry finds it new', async () => {
      const { events, doNotCall } = await setUp()
      await expect(events.save(newEvent(), { reason, variants: ['\ud800'] })).rejects.toThrow()
      expect(await events.save(newEvent(), optOut)).toBe(true)
      expect(await doNotCall.has(['03012345', '+493012345'])).toBe(true)
    })

    test('is deleted by its receipt time, and the number stays on the do-not-call list', async () => {
      const { events, doNotCall } = await setUp()
      await events.save(newEvent(), optOut)
      await events.save(newEvent({ id: 'b', receivedAt: 1_750_000_100 }), undefined)
      expect(await events.deleteBefore(1_750_000_100)).toBe(1)
      expect(await events.deleteBefore(1_750_000_100)).toBe(0)
      expect(await events.save(newEvent({ id: 'b' }), undefined)).toBe(false)
      expect(await doNotCall.has(['03012345', '+493012345'])).toBe(true)
    })
  })
})
