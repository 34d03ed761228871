import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import type { Session } from '../../app/session/session.ts'
import type { AccountPage } from './account-paths.ts'

type Page = LazyExoticComponent<ComponentType<{ session: Session }>>

/** Pages for people who are not signed in, beside the sign-in page itself. Mails link to them. */
const PAGES: Record<AccountPage, Page> = {
  invitation: lazy(() => import('./invitation.tsx').then(({ InvitationPage: page }) => ({ default: page }))),
  register: lazy(() => import('./register.tsx').then(({ RegisterPage: page }) => ({ default: page }))),
  verify: lazy(() => import('./verify.tsx').then(({ VerifyPage: page }) => ({ default: page }))),
  forgot: lazy(() => import('./forgot.tsx').then(({ ForgotPage: page }) => ({ default: page }))),
  'signed-in': lazy(() => import('./signed-in.tsx').then(({ SignedInPage: page }) => ({ default: page }))),
  reset: lazy(() => import('./reset.tsx').then(({ ResetPage: page }) => ({ default: page }))),
}

/** @returns the page at a path of this origin; undefined if the path is not one of an account page */
export function accountPageAt(path: string) {
  const [, name = ''] = /^\/console\/([a-z-]+)\/?$/.exec(path) ?? []
  return Object.hasOwn(PAGES, name) ? PAGES[name as AccountPage] : undefined
}
