import type { Message } from './user-messages.ts'

/**
 * What one user says to others over their sockets, at whichever API those are: of the moment, neither numbered
 * nor kept, so that it never stands in for the last word that `News` keeps of a user.
 */
export interface SocketWords {
  /**
   * @param to user ids
   * @throws {Refusal} `unavailable`
   */
  pass(to: readonly string[], message: Message): Promise<void>
  on(listener: (to: readonly string[], message: Message) => void): () => void
}
