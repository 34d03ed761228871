import type { ChangedBy } from '../auth/account-admin.ts'
import type { SecurityLog } from '../auth/security-log.ts'
import { newId } from '../auth/tokens.ts'
import { Refusal } from '../refusal.ts'
import type { Delivery, DeliveryStatus, DeliveryStore } from './deliveries.ts'
import type { DisabledReason, EndpointStore, NewEndpoint, WebhookEndpoint } from './endpoint.ts'
import { normalizeEndpointUrl } from './endpoint-url.ts'
import { newWebhookSecret } from './signature.ts'

/** What an administrator does with webhooks, over HTTP or on the command line. The security log gets each change. */
export interface Webhooks {
  list(page: {
    afterId?: string | undefined
    limit: number
  }): Promise<{ endpoints: WebhookEndpoint[]; total: number }>
  /** @throws {Refusal} `not_found` */
  find(id: string): Promise<WebhookEndpoint>
  /**
   * @returns the secret is stored encrypted, so that it can be shown only now
   * @throws {Refusal} `input_invalid` for a URL that may not be sent to, `conflict` if there are too many
   */
  create(endpoint: NewEndpoint, by: ChangedBy): Promise<{ endpoint: WebhookEndpoint; secret: string }>
  /** @throws {Refusal} `input_invalid`, `not_found`, `stale` */
  update(
    id: string,
    endpoint: NewEndpoint,
    version: number | undefined,
    by: ChangedBy,
  ): Promise<WebhookEndpoint>
  /** @throws {Refusal} `not_found` */
  remove(id: string, by: ChangedBy): Promise<void>
  /**
   * Makes a new secret.
   * @param overlap seconds in which messages are also signed by the secret so far
   * @throws {Refusal} `not_found`
   */
  rotateSecret(
    id: string,
    overlap: number,
    by: ChangedBy,
  ): Promise<{ endpoint: WebhookEndpoint; secret: string }>
  /**
   * Queues a message `webhook.test`.
   * @returns the id of the message
   * @throws {Refusal} `not_found`, `conflict` if the endpoint is disabled
   */
  sendTest(id: string): Promise<string>
  /** Newest first. @throws {Refusal} `not_found` */
  listDeliveries(
    id: string,
    filter: { status?: DeliveryStatus | undefined },
    page: { beforeId?: string | undefined; limit: number },
  ): Promise<{ deliveries: Delivery[]; total: number }>
  /** Sends one message again, delivered or not. @throws {Refusal} `not_found` */
  replay(id: string, messageId: string, by: ChangedBy): Promise<void>
  /** Sends again all that failed. @param since unix seconds @returns how many @throws {Refusal} `not_found` */
  replayFailed(id: string, since: number, by: ChangedBy): Promise<number>
}

export interface WebhooksNeeds {
  endpoints: Omit<EndpointStore, 'listActive' | 'markWorking' | 'markFailing' | 'disable'>
  deliveries: Pick<DeliveryStore, 'list' | 'count' | 'queueFor' | 'replay' | 'replayFailed'>
  /** @returns what is wrong with a URL */
  checkUrl(url: string): Promise<string | undefined>
  sealSecret(secret: string): string
  securityLog: SecurityLog
  /** Unix ms. */
  now(): number
}

/** Each may hold open one connection, and is asked for twice a second whether something is due. */
export const MAX_ENDPOINTS = 50

export function createWebhooks(needs: WebhooksNeeds): Webhooks {
  const { endpoints, deliveries, securityLog } = needs
  const nowS = () => Math.floor(needs.now() / 1000)

  async function requireEndpoint(id: string): Promise<WebhookEndpoint> {
    const endpoint = await endpoints.find(id)
    if (endpoint === undefined) throw noSuchEndpoint()
    return endpoint
  }

  async function requireReachable(url: string): Promise<void> {
    const problem = await needs.checkUrl(url)
    if (problem !== undefined) throw new Refusal('input_invalid', { detail: `url: ${problem}` })
  }

  type Change =
    | 'webhook_created'
    | 'webhook_updated'
    | 'webhook_deleted'
    | 'webhook_secret_rotated'
    | 'webhook_replayed'
  const log = (event: Change, endpoint: WebhookEndpoint, changes: string, by: ChangedBy) =>
    securityLog.write({
      event,
      target: originOf(endpoint.url),
      changes: `id=${endpoint.id}${changes === '' ? '' : ` ${changes}`}`,
      ...by,
    })

  return {
    find: requireEndpoint,

    async list(page) {
      const [listed, total] = await Promise.all([endpoints.list(page), endpoints.count()])
      return { endpoints: listed, total }
    },

    async create(typed, by) {
      const endpoint = { ...typed, url: normalizeEndpointUrl(typed.url) }
      await requireReachable(endpoint.url)
      const secret = newWebhookSecret()
      const createdBy = /^\d+$/.test(by.actorId) ? by.actorId : null
      const row = { ...endpoint, sealedSecret: needs.sealSecret(secret), createdBy }
      const added = await endpoints.add(row, nowS(), MAX_ENDPOINTS)
      if (added === undefined) {
        throw new Refusal('conflict', { detail: `there are ${MAX_ENDPOINTS} endpoints already: delete one` })
      }
      log('webhook_created', added, describe(added), by)
      return { endpoint: added, secret }
    },

    async update(id, typed, version, by) {
      const endpoint = { ...typed, url: normalizeEndpointUrl(typed.url) }
      const before = await requireEndpoint(id)
      if (endpoint.url !== before.url) await requireReachable(endpoint.url)
      const updated = await endpoints.update(id, endpoint, version)
      log('webhook_updated', updated, describe(updated), by)
      return updated
    },

    async remove(id, by) {
      const removed = await endpoints.remove(id)
      if (removed === undefined) throw noSuchEndpoint()
      log('webhook_deleted', removed, '', by)
    },

    async rotateSecret(id, overlap, by) {
      const secret = newWebhookSecret()
      const rotated = await endpoints.replaceSecret(id, needs.sealSecret(secret), nowS() + overlap)
      if (rotated === undefined) throw noSuchEndpoint()
      log('webhook_secret_rotated', rotated, `overlap=${overlap}s`, by)
      return { endpoint: rotated, secret }
    },

    async sendTest(id) {
      const endpoint = await requireEndpoint(id)
      if (!endpoint.enabled) throw new Refusal('conflict', { detail: 'the endpoint is disabled: enable it' })
      const at = needs.now() / 1000
      const data = { endpoint_id: id, description: endpoint.description }
      return deliveries.queueFor(
        id,
        { type: 'webhook.test', key: `webhook.test:${newId()}`, at, data },
        nowS(),
      )
    },

    async listDeliveries(id, filter, page) {
      await requireEndpoint(id)
      const [listed, total] = await Promise.all([
        deliveries.list(id, filter, page),
        deliveries.count(id, filter),
      ])
      return { deliveries: listed, total }
    },

    async replay(id, messageId, by) {
      const endpoint = await requireEndpoint(id)
      if (!(await deliveries.replay(id, messageId, nowS())))
        throw new Refusal('not_found', { detail: 'no such message' })
      log('webhook_replayed', endpoint, `message=${messageId}`, by)
    },

    async replayFailed(id, since, by) {
      const endpoint = await requireEndpoint(id)
      const count = await deliveries.replayFailed(id, since, nowS())
      if (count > 0) log('webhook_replayed', endpoint, `messages=${count}`, by)
      return count
    },
  }
}

/** For the security log, after the API has disabled an endpoint itself. */
export const logDisabled = (
  securityLog: SecurityLog,
  endpoint: WebhookEndpoint,
  reason: DisabledReason,
): void =>
  securityLog.write({
    event: 'webhook_disabled',
    target: originOf(endpoint.url),
    changes: `id=${endpoint.id} reason=${reason}`,
    actorId: 'api',
    address: 'local',
  })

const noSuchEndpoint = () => new Refusal('not_found', { detail: 'no such endpoint' })

/** A path or a query may hold a token of the receiver. */
const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : '')

const describe = ({ events, enabled }: WebhookEndpoint): string =>
  `enabled=${enabled} events=${events.join('+')}`
