import type { Session } from '../../app/session/session.ts'

const STARTING_TIMEOUT_MS = 5_000

/** Signs in with a new account, in place of another user of this browser, and opens the console. */
export async function enterConsole(session: Session, login: string, password: string): Promise<void> {
  await waitForState(session)
  if (session.state.get().status === 'signed-in') await session.signOut().catch(() => {})
  await session.signIn({ login, password, rememberMe: false }).catch(() => {})
  // The sign-in page if it failed.
  location.replace('/console/')
}

/** Resolves once it is known whether this browser is signed in, or after a few seconds. */
export function waitForState({ state }: Session): Promise<void> {
  return new Promise((resolve) => {
    const check = () => state.get().status !== 'starting' && done()
    const done = () => {
      clearTimeout(timer)
      stop()
      resolve()
    }
    const timer = setTimeout(() => done(), STARTING_TIMEOUT_MS)
    const stop = state.subscribe(check)
    check()
  })
}
