import { createListeners } from '../../../runtime/listeners.ts'
import type { UserMessages } from '../messaging/user-messages.ts'
import type { OnlineUserIds, OnlineUsersReader } from '../presence/user-status-store.ts'
import { Refusal } from '../refusal.ts'

/** Commands that AMI cannot carry out and a softphone can. */
export type SoftphoneCommand = 'answer' | 'hold' | 'unhold'

/** Sends commands to the users' own softphones, which subscribe to their private channel. */
export interface SoftphoneCommands {
  /** @throws {Refusal} `not_supported` where no softphone of the user subscribes; `unavailable` */
  send(userId: string, command: SoftphoneCommand, callId: string): Promise<void>
  isConnected(userId: string): boolean
  /** Reads which users are online. Call it every second or so; listeners are called when that has changed. */
  refresh(): Promise<void>
  isOnline(userId: string): boolean
  onChange(listener: () => void): void
}

/** After this long a softphone that wakes up must ignore the command, in ms. */
const COMMAND_TTL_MS = 5_000

export function createSoftphoneCommands(needs: {
  userMessages: Pick<UserMessages, 'send'>
  onlineUsers: OnlineUsersReader
  now: () => number
  /** Called with what a listener has thrown. */
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
      // The cached set may be a second old, and a user who has just opened the page expects it to work.
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
