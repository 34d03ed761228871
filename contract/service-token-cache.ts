import { type Networks, parseNetworks } from './networks.ts'
import type { ServiceToken } from './service-token.ts'

export type KnownServiceToken = ServiceToken & {
  /** Undefined: it may be used from all networks. */
  allowed: Networks | undefined
}

/** The service tokens that one process knows. A token never changes, so that an entry may be read again and again. */
export interface ServiceTokenCache {
  add(token: ServiceToken): void
  find(id: string): KnownServiceToken | undefined
  /** Deletes those that expired before `nowS` (unix seconds). */
  prune(nowS: number): void
  size(): number
}

export function createServiceTokenCache(): ServiceTokenCache {
  const tokens = new Map<string, KnownServiceToken>()
  return {
    add(token) {
      const allowed = token.networks.length === 0 ? undefined : parseNetworks(token.networks)
      tokens.set(token.id, { ...token, allowed })
    },
    find: (id) => tokens.get(id),
    prune(nowS) {
      for (const [id, { expiresAt }] of tokens) if (expiresAt < nowS) tokens.delete(id)
    },
    size: () => tokens.size,
  }
}
