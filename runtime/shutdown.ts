import { SettingsError } from './env.ts'
import type { Logger } from './log.ts'

/** Exit code of a process that has wrong settings or a wrong database: a restart changes nothing (sysexits.h, EX_CONFIG). */
export const EXIT_CONFIG = 78

/** Ends this process in order; undefined until it has fully started. */
let shutDownGracefully: ((why: string, exitCode: number) => void) | undefined

/**
 * A handler that ends a process which cannot start: with one line and `EXIT_CONFIG` if a person can correct it, else
 * with a stack and exit code 1.
 *
 * @param name of this process, before that line
 * @param configErrors classes of errors, besides `SettingsError`, that a person can correct
 */
export const exitWithStartupError =
  (name: string, ...configErrors: readonly (new (...args: never[]) => Error)[]) =>
  (err: unknown): never => {
    const isConfig = [SettingsError, ...configErrors].some((type) => err instanceof type)
    const { message, stack } = err instanceof Error ? err : { message: String(err), stack: undefined }
    console.error(`${name}: ${isConfig ? message : (stack ?? err)}`)
    process.exit(isConfig ? EXIT_CONFIG : 1)
  }

/**
 * Shuts this process down, with exit code 1, on an error or a rejection that no code caught: its memory may be half
 * changed, and its supervisor restarts it. Call it first.
 */
export function exitOnUncaughtError(log: Logger): void {
  // Node reports an unhandled rejection here, too: its origin is `unhandledRejection`.
  process.on('uncaughtException', (err, origin) => {
    log.error({ event: 'uncaught_error', origin, err }, 'an error that no code caught: this process ends')
    if (shutDownGracefully === undefined) process.exit(1)
    shutDownGracefully(origin, 1)
  })
}

/**
 * Runs `shutDown` once, on SIGTERM, SIGINT or SIGHUP, or when the parent that started this process with a channel has
 * ended. Then ends the process, at the latest after `timeoutMs`.
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
  // The parent ended while this process was starting.
  if (process.send !== undefined && !process.connected) shutDownOnce('the parent is gone', 0)
}
