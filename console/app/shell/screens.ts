import type { IconName } from '../../components/icon.tsx'
import type { SessionClaims } from '../session/token-claims.ts'

/** The screens of the navigation, in its order. */
export interface ScreenEntry {
  name:
    | 'today'
    | 'people'
    | 'live'
    | 'history'
    | 'desk'
    | 'leads'
    | 'campaigns'
    | 'board'
    | 'ai'
    | 'admin'
    | 'system'
    | 'me'
  icon: IconName
  /** The second key of the shortcut `g …`. */
  key: string
  /** `own`: the user’s own account, at the end of the navigation. */
  group: ScreenGroup | 'own'
  /** Is in the bar of narrow windows; the others are in its menu “More”. */
  isInBar?: true
  /** Who sees it in the navigation. The server judges each request all the same. */
  isFor(claims: SessionClaims, isAgent: boolean): boolean
}

export const SCREEN_GROUPS = ['phone', 'callCenter', 'management'] as const
export type ScreenGroup = (typeof SCREEN_GROUPS)[number]

const all = () => true
const isOverseer = ({ role }: SessionClaims) => role !== 'user'
/** The call center is for its agents, and for who oversees them. */
const isInCallCenter = (claims: SessionClaims, isAgent: boolean) => isAgent || isOverseer(claims)
const isAdmin = ({ role }: SessionClaims) => role === 'admin'

export const SCREENS: readonly ScreenEntry[] = [
  { name: 'today', icon: 'home', key: 't', group: 'phone', isInBar: true, isFor: all },
  { name: 'people', icon: 'people', key: 'p', group: 'phone', isInBar: true, isFor: all },
  { name: 'live', icon: 'live', key: 'l', group: 'phone', isFor: isOverseer },
  { name: 'history', icon: 'history', key: 'h', group: 'phone', isInBar: true, isFor: all },
  { name: 'desk', icon: 'desk', key: 'd', group: 'callCenter', isInBar: true, isFor: isInCallCenter },
  { name: 'leads', icon: 'list', key: 'e', group: 'callCenter', isFor: isInCallCenter },
  { name: 'campaigns', icon: 'outgoing', key: 'c', group: 'callCenter', isFor: isOverseer },
  { name: 'board', icon: 'grid', key: 'b', group: 'callCenter', isFor: isOverseer },
  { name: 'ai', icon: 'template', key: 'i', group: 'callCenter', isFor: isInCallCenter },
  { name: 'admin', icon: 'admin', key: 'a', group: 'management', isFor: isAdmin },
  { name: 'system', icon: 'system', key: 's', group: 'management', isFor: isAdmin },
  { name: 'me', icon: 'me', key: 'm', group: 'own', isFor: all },
]
