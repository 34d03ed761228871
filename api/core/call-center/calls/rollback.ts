/** Takes back what was done for a call that was never dialled. */
export interface Rollback {
  /**
   * Over after the first try, which throws nothing: what fails is tried again behind the request's back, as a lead or
   * an agent would stay locked, or a key stay used, until then.
   * @param work may be done twice
   */
  undo(what: string, work: () => Promise<unknown>): Promise<void>
}

export interface RollbackNeeds {
  pause(ms: number): Promise<unknown>
  /** Hears of the first failure, and of the last where it was in vain. */
  onFailure?: ((what: string, err: unknown) => void) | undefined
}

/** Longer than a store is away as a rule, in ms; beyond it leads are given back by `reconciler.ts`, and keys expire. */
const RETRY_DELAYS_MS = [200, 1_000, 5_000, 15_000, 60_000, 300_000]

export function createRollback({ pause, onFailure = () => {} }: RollbackNeeds): Rollback {
  async function retryInBackground(what: string, work: () => Promise<unknown>) {
    let lastError: unknown
    for (const ms of RETRY_DELAYS_MS) {
      await pause(ms)
      try {
        await work()
        return
      } catch (err) {
        lastError = err
      }
    }
    onFailure(`${what}, and is not tried any more`, lastError)
  }

  return {
    async undo(what, work) {
      try {
        await work()
      } catch (err) {
        onFailure(what, err)
        retryInBackground(what, work).catch((failure) => onFailure(what, failure))
      }
    },
  }
}
