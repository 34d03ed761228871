import type { UserMessage } from './user-messages.ts'

/**
 * What one user says to others over their sockets, at whichever API those are: of the moment, neither numbered
 * nor kept, so that it never stands in for the last word that `News` keeps of a user.
 */
export interface PeerMessages {
  /**
   * @param to user ids
   * @throws {Refusal} `unavailable`
   */
  send(to: readonly string[], message: UserMessage): Promise<void>
  on(listener: (to: readonly string[], message: UserMessage) => void): () => void
}
