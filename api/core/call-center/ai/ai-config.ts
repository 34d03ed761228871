import { Refusal } from '../../refusal.ts'
import type { Standing } from '../agents/call-center-actor.ts'
import type { AiConfig } from './document-bodies.ts'
import type { DocumentStore, Kept } from './document-store.ts'

/** Until somebody says otherwise: version 0. */
export const DEFAULT_CONFIG: AiConfig = {
  model: 'default',
  useClaudeCode: false,
  fallbackToApi: false,
  defaultVoice: 'default',
  maxCallDuration: 1_800,
  sttProvider: 'none',
  ttsProvider: 'none',
}

const KEY = 'all'

export interface AiConfigs {
  /** @throws {Refusal} `not_found` for a version there is not */
  read(version?: number): Promise<Kept<'config'>>
  /** @throws {Refusal} `stale` */
  write(standing: Standing, config: AiConfig, version: number | undefined): Promise<Kept<'config'>>
}

export function createAiConfigs({ store, now }: { store: DocumentStore; now: () => number }): AiConfigs {
  return {
    async read(version) {
      const kept = await store.find('config', KEY, version)
      if (kept !== undefined) return kept
      if (version !== undefined) throw new Refusal('not_found')
      return { key: KEY, body: DEFAULT_CONFIG, version: 0, createdAt: 0, updatedAt: 0 }
    },
    async write({ userId }, body, version) {
      const about = { by: userId, now: Math.floor(now() / 1000), version, mayMake: true }
      return (await store.put('config', KEY, { ...about, body })).kept
    },
  }
}
