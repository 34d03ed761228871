import { ApiError } from '../../api/client.ts'
import { backoffMs } from '../backoff.ts'
import { SignedOutError } from '../session/session.ts'

export interface Repeat {
  /** Does it now. What had begun before is given up. */
  begin(): void
  end(): void
}

/** Something that is tried until it succeeds or the server refuses it. */
export function createRepeat(act: () => Promise<unknown>): Repeat {
  let attempt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function run(failures: number) {
    attempt += 1
    const own = attempt
    try {
      await act()
    } catch (err) {
      if (own === attempt && !isFinal(err))
        timer = setTimeout(() => void run(failures + 1), backoffMs(failures + 1))
    }
  }
  function end() {
    attempt += 1
    clearTimeout(timer)
  }
  return {
    begin() {
      end()
      void run(0)
    },
    end,
  }
}

const TOO_MANY_REQUESTS = 429
const isFinal = (err: unknown) =>
  err instanceof SignedOutError ||
  (err instanceof ApiError && !err.isTemporary && err.status !== TOO_MANY_REQUESTS && err.status < 500)
