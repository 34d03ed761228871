/** How a process ends, or sleeps, between two steps. */
export interface Fate {
  /** At which step, counted from 0. */
  step: number
  /** Whether the step is done before. */
  after: boolean
  kind: 'dies' | 'sleeps'
}

/** A process whose every step outwards may be its last one. */
export interface Mortal {
  /** The same port, step by step. */
  port<T extends object>(port: T): T
  /** Gives it a fate for the steps from now on. */
  doom(fate: Fate | undefined): void
  /** Over when it is dead or asleep. */
  gone: Promise<void>
  /** False also for whoever has slept. */
  isAwake(): boolean
  /** Whoever sleeps goes on to the end. */
  wake(): void
}

export function createMortal(): Mortal {
  let fate: Fate | undefined
  let steps = 0
  let fallen = false
  let leave = () => {}
  let wake = () => {}
  const gone = new Promise<void>((resolve) => {
    leave = resolve
  })
  /** Over while it is awake. */
  let stirring = Promise.resolve()

  /** All of it stands still, and of the dead for ever. */
  function fall(kind: Fate['kind']) {
    fallen = true
    fate = undefined
    stirring = new Promise((resolve) => {
      wake = kind === 'sleeps' ? resolve : () => {}
    })
    leave()
  }

  async function stepped<R>(work: () => Promise<R>): Promise<R> {
    const doomed = fate !== undefined && steps === fate.step ? fate : undefined
    steps += 1
    if (doomed?.after === false) fall(doomed.kind)
    await stirring
    const result = await work()
    if (doomed?.after === true) fall(doomed.kind)
    await stirring
    return result
  }

  return {
    gone,
    isAwake: () => !fallen,
    wake: () => wake(),
    doom(next) {
      fate = next
      steps = 0
    },
    port: (port) =>
      new Proxy(port, {
        get(target, name) {
          const method: unknown = Reflect.get(target, name)
          if (!isMethod(method)) return method
          return (...args: unknown[]) => stepped(async () => method(...args))
        },
      }),
  }
}

const isMethod = (value: unknown): value is (...args: unknown[]) => unknown => typeof value === 'function'
