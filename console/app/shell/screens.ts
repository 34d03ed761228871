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
  /** Who sees it in the navigation. The server judges each request all the same. */
  isFor(claims: SessionClaims, isAgent: boolean): boolean
}

const all = () => true
const isOverseer = ({ role }: SessionClaims) => role !== 'user'
/** The call center is for its agents, and for who oversees them. */
const isInCallCenter = (claims: SessionClaims, isAgent: boolean) => isAgent || isOverseer(claims)
const isAdmin = ({ role }: SessionClaims) => role === 'admin'

export const SCREENS: readonly ScreenEntry[] = [
  { name: 'today', icon: 'home', key: 't', isFor: all },
  { name: 'people', icon: 'people', key: 'p', isFor: all },
  { name: 'live', icon: 'live', key: 'l', isFor: isOverseer },
  { name: 'history', icon: 'history', key: 'h', isFor: all },
  { name: 'desk', icon: 'desk', key: 'd', isFor: isInCallCenter },
  { name: 'leads', icon: 'list', key: 'e', isFor: isInCallCenter },
  { name: 'campaigns', icon: 'outgoing', key: 'c', isFor: isOverseer },
  { name: 'board', icon: 'grid', key: 'b', isFor: isOverseer },
  { name: 'ai', icon: 'template', key: 'i', isFor: all },
  { name: 'admin', icon: 'admin', key: 'a', isFor: isAdmin },
  { name: 'system', icon: 'system', key: 's', isFor: isAdmin },
  { name: 'me', icon: 'me', key: 'm', isFor: all },
]
