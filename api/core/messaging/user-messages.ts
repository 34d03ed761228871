/** What is told to one user, over their private channel and their sockets. JSON, `type` says what it is. */
export interface UserMessage {
  type: string
  [member: string]: unknown
}

/** Tells users what concerns them alone. */
export interface UserMessages {
  /**
   * Numbered per user, kept as that user's last word, published to the private channel `user/<id>` and
   * passed on to every API for its sockets.
   * @param fence of the lease, for what only its holder may say; a stale one is refused in silence
   * @throws {Refusal} `unavailable`
   */
  send(userId: string, message: UserMessage, fence?: number): Promise<void>
  /** Tells everybody with a socket: what `users-state` says to those who follow that. Not numbered, not kept. */
  broadcast(message: UserMessage): Promise<void>
}

/** Hears what any API told, for sockets held by this one. */
export interface UserMessageSubscriber {
  /** @param listener `userId` is undefined for what everybody is told */
  on(listener: (userId: string | undefined, message: UserMessage) => void): () => void
}
