import type { CallStore } from './call-store.ts'

const INTERVAL_MS = 2_000

/** Measures the quality of all calls that are up, while there are any. */
export function createQualityMeter(store: CallStore): { start(): void; stop(): void } {
  let timer: ReturnType<typeof setInterval> | undefined
  const measure = () => {
    for (const call of store.live()) {
      if (call.card.startedAt === undefined) continue
      void call.sip?.quality().then(
        (quality) => {
          if (quality !== undefined && call.card.state !== 'ended') store.update(call, { quality })
        },
        () => {},
      )
    }
  }
  return {
    start() {
      clearInterval(timer)
      timer = setInterval(measure, INTERVAL_MS)
    },
    stop: () => clearInterval(timer),
  }
}
