import type { SignOutReason } from './end-reason.ts'

/**
 * What the tabs of one browser send each other. One tab is the leader: it refreshes the session, holds the streams and
 * the phone, and sends what the others show.
 */
export type TabMessage =
  /** From a tab that has just opened: the leader answers with all it knows. */
  | { type: 'hello' }
  | { type: 'token'; token: AccessToken }
  /** A tab has sent the logout: streams that end now need no refresh. */
  | { type: 'signing-out' }
  | { type: 'signed-out'; reason: SignOutReason }
  | { type: 'connection'; connection: Connection }
  /** A message of a stream, as the server sent it. */
  | { type: 'stream'; stream: string; data: unknown }
  /** Whether another window of this account has taken the streams from the leader. */
  | { type: 'replaced'; isReplaced: boolean }
  /** The user of a follower takes them back. */
  | { type: 'resume-wanted' }
  /** A tab shows what an optional stream brings, or shows it no more. */
  | { type: 'stream-wanted' | 'stream-released'; stream: string }
  /** A follower has found that the token is refused. */
  | { type: 'refresh-wanted' }
  /** The user has seen the missed calls in a tab. */
  | { type: 'missed-seen' }
  /** Between the phone in the leader and its views in other tabs. */
  | { type: 'phone'; data: unknown }

export interface AccessToken {
  value: string
  /** Unix time in ms. */
  expiresAt: number
}

/** `reconnecting`: the server cannot be asked now; nothing is known to be lost. */
export type Connection = 'online' | 'reconnecting'

export interface TabChannel {
  send(message: TabMessage): void
  /** @returns a function that removes the listener */
  listen(listener: (message: TabMessage) => void): () => void
}

/** Messages between the tabs of this origin. A tab does not receive its own. */
export function createTabChannel(name = 'hookswitch'): TabChannel {
  const channel = new BroadcastChannel(name)
  return {
    send: (message) => channel.postMessage(message),
    listen(listener) {
      const onMessage = (event: MessageEvent<TabMessage>) => listener(event.data)
      channel.addEventListener('message', onMessage)
      return () => channel.removeEventListener('message', onMessage)
    },
  }
}

/** A channel for what is shown to one user: its listeners receive messages while it is open. */
export interface ChannelScope extends TabChannel {
  /** @returns what closes it */
  open(): () => void
}

export function createChannelScope({ send, listen }: TabChannel): ChannelScope {
  const listeners = new Set<(message: TabMessage) => void>()
  return {
    send,
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    open: () =>
      listen((message) => {
        for (const listener of [...listeners]) listener(message)
      }),
  }
}
