import { ApiError, createPublicApi, dataOf, type Wire } from '../../api/client.ts'
import { backoffMs } from '../../app/backoff.ts'
import { untilVisible } from './until-visible.ts'

export interface WallboardState {
  /** The last board that has come. */
  board?: Wire<'Wallboard'>
  /** When it came, Unix ms of this computer. */
  receivedMs?: number
  /** The link is not valid: nothing is shown any more. */
  isRefused?: boolean
}

/** A screen on a wall shows a change within a second or two. */
const POLL_MS = 1_000
const TIMEOUT_MS = 5_000
const LONGEST_PAUSE_MS = 5_000
/** A link may become valid again, as when its maker gets the role back. */
const REFUSED_PAUSE_MS = 30_000

/**
 * Reads the board of a link again and again while the page is visible, also after any failure.
 * @param onState called with each new state
 * @returns a function that ends it
 */
export function followWallboard(token: string, onState: (state: WallboardState) => void): () => void {
  const api = createPublicApi()
  const end = new AbortController()
  let state: WallboardState = {}
  let failures = 0

  /** @returns how long to wait until the next request */
  async function read(): Promise<number> {
    try {
      const board = await dataOf(
        api.GET('/api/v1/wallboard', {
          headers: { Authorization: `Bearer ${token}` },
          signal: AbortSignal.any([end.signal, AbortSignal.timeout(TIMEOUT_MS)]),
        }),
      )
      failures = 0
      state = { board, receivedMs: Date.now() }
      onState(state)
      return POLL_MS
    } catch (err) {
      if (end.signal.aborted) return 0
      failures += 1
      if (err instanceof ApiError && err.status === 401) {
        state = { isRefused: true }
        onState(state)
        return REFUSED_PAUSE_MS
      }
      const asked = err instanceof ApiError ? (err.retryAfterMs ?? 0) : 0
      return Math.max(asked, backoffMs(failures, LONGEST_PAUSE_MS))
    }
  }

  async function run() {
    while (!end.signal.aborted) {
      await untilVisible(document, end.signal)
      if (end.signal.aborted) return
      await pause(await read(), end.signal)
    }
  }
  void run()
  return () => end.abort()
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
