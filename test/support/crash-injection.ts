/** How a process ends, or sleeps, between two steps. */
export interface InjectedCrash {
  /** At which step, counted from 0. */
  step: number
  /** Whether the step is done before. */
  after: boolean
  kind: 'dies' | 'sleeps'
}

/** A process that may be killed at each outward step. */
export interface CrashableProcess {
  /** The same port, step by step. */
  wrapPort<T extends object>(port: T): T
  /** Gives it a fate for the steps from now on. */
  scheduleCrash(fate: InjectedCrash | undefined): void
  /** Over when it is dead or asleep. */
  stopped: Promise<void>
  /** False also for a process that has slept. */
  isRunning(): boolean
  /** A process that sleeps goes on to the end. */
  resume(): void
}

export function createCrashableProcess(): CrashableProcess {
  let scheduled: InjectedCrash | undefined
  let steps = 0
  let hasStopped = false
  let resolveStopped = () => {}
  let wake = () => {}
  const stopped = new Promise<void>((resolve) => {
    resolveStopped = resolve
  })
  /** Over while it is awake. */
  let running = Promise.resolve()

  /** All of it stands still, and of the dead for ever. */
  function stop(kind: InjectedCrash['kind']) {
    hasStopped = true
    scheduled = undefined
    running = new Promise((resolve) => {
      wake = kind === 'sleeps' ? resolve : () => {}
    })
    resolveStopped()
  }

  async function runStep<R>(work: () => Promise<R>): Promise<R> {
    const due = scheduled !== undefined && steps === scheduled.step ? scheduled : undefined
    steps += 1
    if (due?.after === false) stop(due.kind)
    await running
    const result = await work()
    if (due?.after === true) stop(due.kind)
    await running
    return result
  }

  return {
    stopped,
    isRunning: () => !hasStopped,
    resume: () => wake(),
    scheduleCrash(next) {
      scheduled = next
      steps = 0
    },
    wrapPort: (port) =>
      new Proxy(port, {
        get(target, name) {
          const method: unknown = Reflect.get(target, name)
          if (!isMethod(method)) return method
          return (...args: unknown[]) => runStep(async () => method(...args))
        },
      }),
  }
}

const isMethod = (value: unknown): value is (...args: unknown[]) => unknown => typeof value === 'function'
