import type { Logger } from './log.ts'

/** Ends a process whose settings or database are wrong: to start it again changes nothing (sysexits.h, EX_CONFIG). */
export const EXIT_CONFIG = 78

/** How this process leaves in order; there is none until it has fully started. */
let shutDownGracefully: ((why: string, exitCode: number) => void) | undefined

/**
 * Ends this process in order, with exit code 1, on an error or a rejection that no code caught: what is in memory may be
 * half changed, and its starter starts it afresh. Call it first.
 */
export function exitOnUncaughtError(log: Logger): void {
  // A rejection that is not handled comes here, too: its origin is `unhandledRejection`.
  process.on('uncaughtException', (err, origin) => {
    log.error({ event: 'fault', origin, err }, 'an error that no code caught: this process ends')
    if (shutDownGracefully === undefined) process.exit(1)
    shutDownGracefully(origin, 1)
  })
}

/**
 * Runs `leave` once on SIGTERM, SIGINT or SIGHUP, or when the parent that started us with a channel is gone, then
 * ends the process; at the latest after `withinMs`.
 */
export function onShutdown(log: Logger, shutDown: () => Promise<void>, timeoutMs = 5_000): void {
  let isShuttingDown = false
  const shutDownOnce = (why: string, exitCode: number) => {
    if (exitCode > (Number(process.exitCode) || 0)) process.exitCode = exitCode
    if (isShuttingDown) return
    isShuttingDown = true
    log.info({ event: 'stopping', why }, 'stopping')
    setTimeout(() => process.exit(1), timeoutMs).unref()
    shutDown().then(
      () => process.exit(),
      (err) => {
        log.error({ event: 'stop_failed', err }, 'did not stop cleanly')
        process.exit(1)
      },
    )
  }
  shutDownGracefully = shutDownOnce
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => shutDownOnce(signal, 0))
  if (process.send !== undefined) process.on('disconnect', () => shutDownOnce('the parent is gone', 0))
  // It went while we were starting.
  if (process.send !== undefined && !process.connected) shutDownOnce('the parent is gone', 0)
}
