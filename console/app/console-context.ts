import { createContext, use, useSyncExternalStore } from 'react'
import type { Api } from '../api/client.ts'
import type { Live } from './live/live.ts'
import type { PhoneHost } from './phone/phone-host.ts'
import type { Session } from './session/session.ts'
import type { TabChannel } from './session/tab-channel.ts'
import type { SessionClaims } from './session/token-claims.ts'
import type { Store } from './store.ts'

/** What every screen may use. */
export interface ConsoleContext {
  session: Session
  /** The user who is signed in; another user gets another page. */
  claims: SessionClaims
  api: Api
  live: Live
  phone: PhoneHost
  channel: TabChannel
}

export const ConsoleProvider = createContext<ConsoleContext | undefined>(undefined)

export function useConsole(): ConsoleContext {
  const context = use(ConsoleProvider)
  if (context === undefined) throw new Error('useConsole needs the shell around it')
  return context
}

/** The current value of a store; renders again when it changes. */
export const useStore = <T>(store: Store<T>): T => useSyncExternalStore(store.subscribe, store.get)

/** A part of a store’s value; renders again only when that part changes. */
export const useSelected = <T, P>(store: Store<T>, select: (value: T) => P): P =>
  useSyncExternalStore(store.subscribe, () => select(store.get()))
