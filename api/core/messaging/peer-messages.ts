import type { UserMessage } from './user-messages.ts'

/**
 * Messages from one user to others over their sockets, at any API node. They are neither numbered nor stored,
 * so that none replaces the last message that `UserMessages` stores for a user.
 */
export interface PeerMessages {
  /**
   * @param to user ids
   * @throws {Refusal} `unavailable`
   */
  send(to: readonly string[], message: UserMessage): Promise<void>
  on(listener: (to: readonly string[], message: UserMessage) => void): () => void
}
