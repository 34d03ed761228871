/** A message to one user, over their private channel and their sockets. JSON, `type` names its kind. */
export interface UserMessage {
  type: string
  [member: string]: unknown
}

/** Sends messages to single users. */
export interface UserMessages {
  /**
   * Numbers the message per user, stores it as that user's last message, publishes it to the private channel
   * `user/<id>` and passes it to every API node for its sockets.
   * @param fence of the lease, for messages that only its holder may send; a stale one is ignored
   * @throws {Refusal} `unavailable`
   */
  send(userId: string, message: UserMessage, fence?: number): Promise<void>
  /** Sends to all sockets what `users-state` shows to its subscribers. Neither numbered nor stored. */
  broadcast(message: UserMessage): Promise<void>
}

/** Receives the messages of all API nodes, for the sockets of this one. */
export interface UserMessageSubscriber {
  /** @param listener `userId` is undefined for a broadcast */
  on(listener: (userId: string | undefined, message: UserMessage) => void): () => void
}
