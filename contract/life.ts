import type { Logger } from './log.ts'

/**
 * Runs `leave` once on SIGTERM or SIGINT, or when the parent that started us with a channel is gone, then
 * ends the process; at the latest after `withinMs`.
 */
export function leaveOnSignal(log: Logger, leave: () => Promise<void>, withinMs = 5_000): void {
  let leaving = false
  const go = (why: string) => {
    if (leaving) return
    leaving = true
    log.info({ event: 'stopping', why }, 'stopping')
    setTimeout(() => process.exit(1), withinMs).unref()
    leave().then(
      () => process.exit(0),
      (err) => {
        log.error({ event: 'stop_failed', err }, 'did not stop cleanly')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', () => go('SIGTERM'))
  process.on('SIGINT', () => go('SIGINT'))
  if (process.send !== undefined) process.on('disconnect', () => go('the parent is gone'))
}
