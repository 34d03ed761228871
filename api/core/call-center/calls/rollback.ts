/** Takes back what was done for a call that was never dialled. */
export interface Undoing {
  /**
   * Over after the first try, which throws nothing: what fails is tried again behind the request's back, as a lead or
   * an agent would stay locked, or a key stay used, until then.
   * @param work may be done twice
   */
  undo(what: string, work: () => Promise<unknown>): Promise<void>
}

export interface UndoingNeeds {
  pause(ms: number): Promise<unknown>
  /** Hears of the first failure, and of the last where it was in vain. */
  onTrouble?: ((what: string, err: unknown) => void) | undefined
}

/** Longer than a store is away as a rule, in ms; beyond it leads are given back by `reconciler.ts`, and keys expire. */
const PAUSES_MS = [200, 1_000, 5_000, 15_000, 60_000, 300_000]

export function createUndoing({ pause, onTrouble = () => {} }: UndoingNeeds): Undoing {
  async function again(what: string, work: () => Promise<unknown>) {
    let last: unknown
    for (const ms of PAUSES_MS) {
      await pause(ms)
      try {
        await work()
        return
      } catch (err) {
        last = err
      }
    }
    onTrouble(`${what}, and is not tried any more`, last)
  }

  return {
    async undo(what, work) {
      try {
        await work()
      } catch (err) {
        onTrouble(what, err)
        again(what, work).catch((fault) => onTrouble(what, fault))
      }
    },
  }
}
