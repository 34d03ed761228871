import { expect, test, vi } from 'vitest'
import type { WebhookEndpoint } from '../../../../api/core/webhooks/endpoint.ts'
import { createWebhooks } from '../../../../api/core/webhooks/webhooks.ts'

const BY = { actorId: '1', address: 'local' }
const typed = { description: '', events: ['call.ended'] as const, enabled: true }

function webhooksWith(stored?: string) {
  const row = (endpoint: object) => ({ id: '7', ...endpoint }) as WebhookEndpoint // the members that are read
  const checkUrl = vi.fn(async () => undefined)
  const add = vi.fn(async (endpoint: object) => row(endpoint))
  const update = vi.fn(async (_id: string, endpoint: object) => row(endpoint))
  const needs = {
    endpoints: { add, update, find: async () => row({ url: stored }) },
    securityLog: { write: () => {} },
    sealSecret: (secret: string) => secret,
    now: () => 0,
    checkUrl,
  }
  return { webhooks: createWebhooks(needs as never), checkUrl, add, update } // what the two functions use
}

test('the URL of an endpoint is stored in normal form', async () => {
  const { webhooks, add, checkUrl } = webhooksWith()
  await webhooks.create({ ...typed, url: ' https://ex%61mple.org/a\n' }, BY)
  expect(add.mock.calls[0]?.[0]).toMatchObject({ url: 'https://example.org/a' })
  expect(checkUrl).toHaveBeenCalledWith('https://example.org/a')
})

test('a URL that is the same in another spelling is not checked again', async () => {
  const { webhooks, update, checkUrl } = webhooksWith('https://example.org/')
  await webhooks.update('7', { ...typed, url: 'HTTPS://example.org' }, undefined, BY)
  expect(update.mock.calls[0]?.[1]).toMatchObject({ url: 'https://example.org/' })
  expect(checkUrl).not.toHaveBeenCalled()
})
