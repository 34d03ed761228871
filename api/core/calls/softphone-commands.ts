import { createListeners } from '../../../runtime/listeners.ts'
import type { UserMessages } from '../messaging/user-messages.ts'
import type { OnlineUserIds, OnlineUsersReader } from '../presence/user-status-store.ts'
import { Refusal } from '../refusal.ts'

/** What AMI cannot do and a softphone can. */
export type SoftphoneCommand = 'answer' | 'hold' | 'unhold'

/** The users' own softphones, as those who follow their private channel. */
export interface SoftphoneCommands {
  /** @throws {Refusal} `not_supported` where none of the user's listens, `unavailable` */
  send(userId: string, command: SoftphoneCommand, callId: string): Promise<void>
  isConnected(userId: string): boolean
  /** Reads who listens. Call it every second or so; tells when a user came online or went. */
  refresh(): Promise<void>
  isOnline(userId: string): boolean
  onChange(listener: () => void): void
}

/** After this long a softphone that wakes up must not obey any more, in ms. */
const COMMAND_TTL_MS = 5_000

export function createSoftphoneCommands(needs: {
  userMessages: Pick<UserMessages, 'send'>
  onlineUsers: OnlineUsersReader
  now: () => number
  /** A listener threw. */
  onError(err: unknown): void
}): SoftphoneCommands {
  let live: OnlineUserIds = { online: new Set(), listening: new Set() }
  const listeners = createListeners<[]>(needs.onError)

  async function refresh() {
    const before = live.online
    live = await needs.onlineUsers.read()
    const same = before.size === live.online.size && [...live.online].every((userId) => before.has(userId))
    if (!same) listeners.notify()
  }

  return {
    isOnline: (userId) => live.online.has(userId),
    isConnected: (userId) => live.listening.has(userId),
    refresh,
    onChange: (listener) => void listeners.add(listener),
    async send(userId, command, callId) {
      // The copy may be a second old, and a person who has just opened the page expects it to work.
      if (!live.listening.has(userId)) await refresh()
      if (!live.listening.has(userId)) {
        throw new Refusal('not_supported', {
          detail: `a PBX cannot ${command}; the softphone can, and none follows the private channel`,
        })
      }
      const expiresAt = new Date(needs.now() + COMMAND_TTL_MS).toISOString()
      await needs.userMessages.send(userId, {
        type: 'command',
        command,
        call_id: callId,
        expires_at: expiresAt,
      })
    },
  }
}
