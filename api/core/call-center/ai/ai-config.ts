import { toUnixSeconds } from '../../../../runtime/time.ts'
import { Refusal } from '../../refusal.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import type { AiConfig } from './document-bodies.ts'
import type { DocumentStore, VersionedDocument } from './document-store.ts'

/** Used until an admin stores a configuration; it is version 0. */
export const DEFAULT_AI_CONFIG: AiConfig = {
  model: 'default',
  useClaudeCode: false,
  fallbackToApi: false,
  defaultVoice: 'default',
  maxCallDuration: 1_800,
  sttProvider: 'none',
  ttsProvider: 'none',
}

/** The one configuration has this key among the documents. */
export const AI_CONFIG_KEY = 'all'

export interface AiConfigService {
  /** @throws {Refusal} `not_found` for an unknown version */
  read(version?: number): Promise<VersionedDocument<'config'>>
  /** @throws {Refusal} `stale` */
  write(
    actor: CallCenterActor,
    config: AiConfig,
    version: number | undefined,
  ): Promise<VersionedDocument<'config'>>
}

export function createAiConfigService({
  store,
  now,
}: {
  store: DocumentStore
  now: () => number
}): AiConfigService {
  return {
    async read(version) {
      const document = await store.find('config', AI_CONFIG_KEY, version)
      if (document !== undefined) return document
      if (version !== undefined) throw new Refusal('not_found')
      return { key: AI_CONFIG_KEY, body: DEFAULT_AI_CONFIG, version: 0, createdAt: 0, updatedAt: 0 }
    },
    async write({ userId }, body, version) {
      const write = { changedBy: userId, now: toUnixSeconds(now()), version, createIfMissing: true }
      return (await store.put('config', AI_CONFIG_KEY, { ...write, body })).document
    },
  }
}
