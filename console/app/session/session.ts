import { backoffMs } from '../backoff.ts'
import { createStore, type Store } from '../store.ts'
import {
  type FactorChallenge,
  type LoginResult,
  login,
  logout,
  refresh,
  type SignInRequest,
} from './auth-api.ts'
import type { SignOutReason } from './end-reason.ts'
import { takeLeadership } from './leadership.ts'
import type { AccessToken, Connection, TabChannel } from './tab-channel.ts'
import { readClaims, type SessionClaims } from './token-claims.ts'

export type SessionState =
  /** Not known yet whether there is a session. */
  | { status: 'starting'; connection: Connection }
  | { status: 'signed-out'; reason: SignOutReason }
  | { status: 'signed-in'; claims: SessionClaims; connection: Connection }

/** A number: how long to wait, in ms, before the next try. */
export type SignInOutcome = Exclude<LoginResult['outcome'], 'second_factor'> | number | FactorChallenge

export interface Session {
  state: Store<SessionState>
  /** Whether this tab refreshes, and holds the streams and the phone. */
  isLeader: Store<boolean>
  signIn(request: SignInRequest): Promise<SignInOutcome>
  signOut(): Promise<void>
  /** A live access token. @throws {SignedOutError} */
  getToken(): Promise<string>
  /** An answer was 401: gets another token. @throws {SignedOutError} if the session is over */
  replaceToken(refused: string): Promise<string>
  /** A part of the leader reports whether the server answers. */
  setConnection(connection: Connection): void
  /** Called in the leader after each refresh, so that open streams go on. @returns a function that removes the listener */
  onRefreshed(listener: (token: string) => void): () => void
}

export class SignedOutError extends Error {}

/** Whether this browser has signed in: without it, no cookie is there to be exchanged, and no refused request is sent. */
const SIGNED_IN_KEY = 'hookswitch.signed-in'
/** Refreshes after this share of the token’s lifetime. */
const REFRESH_SHARE = 0.8
const EXPIRY_MARGIN_MS = 5_000
/** How long a new tab waits for the leader’s answer. */
const HELLO_TIMEOUT_MS = 700
/** How long a logout may take before a stream’s end counts as one of the session. */
const SIGN_OUT_TIMEOUT_MS = 3_000
const MAX_PAUSE_MS = 15_000

/**
 * The session of this browser: the refresh token is in a cookie that no script reads, the access token in memory. Only
 * the leader refreshes; the other tabs get the token from it.
 * @param mayLead whether this page has what a leader holds for the other tabs: the streams and the phone
 */
export function createSession(channel: TabChannel, { mayLead = true } = {}): Session {
  const state = createStore<SessionState>({ status: 'starting', connection: 'online' })
  const isLeader = createStore(false)
  const refreshed = new Set<(token: string) => void>()
  let token: AccessToken | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let refreshing: Promise<void> | undefined
  let signingOutUntil = 0
  let ends = 0
  const isLive = () => token !== undefined && token.expiresAt > Date.now() + EXPIRY_MARGIN_MS

  function adopt(next: AccessToken) {
    const claims = readClaims(next.value)
    const before = state.get()
    token = next
    localStorage.setItem(SIGNED_IN_KEY, 'yes')
    // Another user has signed in with this browser: nothing of the last one may stay on the page.
    if (before.status === 'signed-in' && before.claims.userId !== claims.userId) location.reload()
    state.set({ status: 'signed-in', claims, connection: 'online' })
    schedule()
  }

  function end(reason: SignOutReason) {
    ends += 1
    token = undefined
    signingOutUntil = 0
    localStorage.removeItem(SIGNED_IN_KEY)
    clearTimeout(timer)
    if (state.get().status !== 'signed-out') state.set({ status: 'signed-out', reason })
  }

  function setConnection(connection: Connection) {
    const current = state.get()
    if (current.status === 'signed-out' || current.connection === connection) return
    state.set({ ...current, connection })
    if (isLeader.get()) channel.send({ type: 'connection', connection })
  }

  function schedule() {
    clearTimeout(timer)
    if (!isLeader.get() || token === undefined) return
    timer = setTimeout(() => void refreshNow(), (token.expiresAt - Date.now()) * REFRESH_SHARE)
  }

  /** One refresh at a time; tries again while the server cannot judge. */
  function refreshNow(): Promise<void> {
    refreshing ??= refreshUntilAnswered().finally(() => {
      refreshing = undefined
    })
    return refreshing
  }
  async function refreshUntilAnswered() {
    if (localStorage.getItem(SIGNED_IN_KEY) === null) return end('none')
    while (Date.now() < signingOutUntil) await sleep(100)
    if (state.get().status === 'signed-out') return
    const endsBefore = ends
    for (let failures = 1; ; failures += 1) {
      const result = await refresh()
      // The user has signed out meanwhile: the answer is for a session that is over.
      if (ends !== endsBefore) return
      if (result.outcome === 'token') {
        adopt(result.token)
        channel.send({ type: 'token', token: result.token })
        for (const listener of refreshed) listener(result.token.value)
        return
      }
      if (result.outcome !== 'unavailable') {
        const reason =
          result.outcome === 'ended' ? result.reason : token === undefined ? 'none' : ('ended' as const)
        end(reason)
        channel.send({ type: 'signed-out', reason })
        return
      }
      setConnection('reconnecting')
      const askedMs = Math.min(result.retryAfterMs, MAX_PAUSE_MS)
      // A random part is added to what the server asked for: a part that is taken away would be too early.
      await sleep(Math.max(askedMs * (1 + Math.random() / 2), backoffMs(failures, MAX_PAUSE_MS)))
      if (ends !== endsBefore) return
    }
  }

  /** Resolves when the state is no longer `starting` or there is a live token. */
  async function waitForToken(refused?: string): Promise<string> {
    for (;;) {
      const current = state.get()
      if (current.status === 'signed-out') throw new SignedOutError()
      if (token !== undefined && token.value !== refused && isLive()) return token.value
      if (isLeader.get()) await refreshNow()
      else {
        channel.send({ type: 'refresh-wanted' })
        await new Promise<void>((resolve) => {
          const done = () => {
            clearTimeout(wait)
            stop()
            resolve()
          }
          const stop = state.subscribe(done)
          const wait = setTimeout(done, 2_000)
        })
      }
    }
  }

  channel.listen((message) => {
    switch (message.type) {
      case 'hello':
        if (!isLeader.get()) return
        if (token !== undefined) channel.send({ type: 'token', token })
        else if (state.get().status === 'signed-out') channel.send({ type: 'signed-out', reason: 'none' })
        return
      case 'token':
        return adopt(message.token)
      case 'signing-out':
        signingOutUntil = Date.now() + SIGN_OUT_TIMEOUT_MS
        return
      case 'signed-out':
        return end(message.reason)
      case 'connection':
        return setConnection(message.connection)
      case 'refresh-wanted':
        if (isLeader.get()) void refreshNow()
        return
    }
  })

  function onLead() {
    isLeader.set(true)
    if (isLive()) schedule()
    else if (state.get().status !== 'signed-out') void refreshNow()
  }
  void (mayLead ? takeLeadership(onLead) : Promise.resolve(false)).then(async (leads) => {
    if (leads) return
    channel.send({ type: 'hello' })
    await sleep(HELLO_TIMEOUT_MS)
    // A leader that does not answer is suspended. A refresh beside it does no harm: both get the same successor.
    if (state.get().status === 'starting') await refreshNow()
  })
  // A suspended computer runs no timers.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && isLeader.get() && token !== undefined && !isLive()) {
      void refreshNow()
    }
  })

  function enter(result: LoginResult): SignInOutcome {
    if (result.outcome === 'throttled') return result.retryAfterMs
    if (result.outcome === 'second_factor') return result.challenge
    if (result.outcome !== 'token') return result.outcome
    adopt(result.token)
    channel.send({ type: 'token', token: result.token })
    return 'token'
  }

  return {
    state,
    isLeader,
    setConnection,
    onRefreshed(listener) {
      refreshed.add(listener)
      return () => refreshed.delete(listener)
    },
    signIn: async (request) => enter(await login(request)),
    async signOut() {
      const current = token?.value
      signingOutUntil = Date.now() + SIGN_OUT_TIMEOUT_MS
      channel.send({ type: 'signing-out' })
      if (current !== undefined && !(await logout(current))) throw new Error('the server did not answer')
      end('signed_out')
      channel.send({ type: 'signed-out', reason: 'signed_out' })
    },
    getToken: () => waitForToken(),
    replaceToken: (refused) => waitForToken(refused),
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
