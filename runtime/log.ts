import { type DestinationStream, type Logger, pino } from 'pino'
import type { FailureHandler, FailureStreak } from './failure-reporter.ts'

export type { Logger }

/** Compact JWS, and what stands behind a query's `?` or a Bearer scheme: none of it belongs in a log. */
const SECRET_PATTERNS = [
  [/eyJ[\w-]{4,}\.[\w-]*\.?[\w-]*/g, '[token]'],
  [/\?[^\s"'\\]*/g, '?[query]'],
  [/(bearer\s+)[^\s"'\\]+/gi, '$1[token]'],
] as const

/** Strikes tokens and query strings out of any text. */
export function redact(text: string): string {
  let out = text
  for (const [pattern, replacement] of SECRET_PATTERNS) out = out.replace(pattern, replacement)
  return out
}

/**
 * A handler that logs a failure which the process survives, and its recovery: events `<subject>_failed` and
 * `<subject>_recovered`. Each subject stands for one kind of failure and can be searched for.
 * @param message for people
 */
export const failureLogger =
  (log: Logger) =>
  (subject: string, message: string): FailureHandler =>
    Object.assign(
      (err: unknown, streak?: FailureStreak) =>
        log.warn({ event: `${subject}_failed`, ...streak, err }, message),
      {
        recovered: (streak: FailureStreak) =>
          log.info({ event: `${subject}_recovered`, ...streak }, `works again after: ${message}`),
      },
    )

const SECRET_MEMBER_NAME = /password|secret|token|authorization|cookie|credential/i

/**
 * One line of JSON an event. Members named like secrets are struck out at any depth, and so are tokens
 * inside any text: `pino`'s own redaction knows fixed paths only.
 */
export function createLog(name: string, level: string, to?: DestinationStream): Logger {
  const options = {
    name,
    level,
    base: { process: name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => redactDeep(fields, 0) as Record<string, unknown>, // clean keeps objects objects
    },
    hooks: {
      logMethod(args: unknown[], method: (...all: unknown[]) => void) {
        // Where a line has no message, pino takes its error's, past this hook.
        const err = findError(args[0])
        const all = args.length === 1 && err !== undefined ? [args[0], err.message] : args
        method.apply(
          this,
          all.map((arg) => (typeof arg === 'string' ? redact(arg) : arg)),
        )
      },
    },
  }
  return to === undefined ? pino(options) : pino(options, to)
}

const findError = (first: unknown): Error | undefined =>
  [first, (first as { err?: unknown } | null | undefined)?.err].find((one) => one instanceof Error)

function redactDeep(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redact(value)
  if (value instanceof Error) {
    const { name, message, stack, code, cause } = value as Error & { code?: unknown }
    return redactDeep({ name, message, code, stack, ...(cause === undefined ? {} : { cause }) }, depth + 1)
  }
  if (typeof value !== 'object' || value === null) return value
  if (depth > 5) return '[deep]'
  if (Array.isArray(value)) return value.map((one) => redactDeep(one, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      SECRET_MEMBER_NAME.test(key) ? '[struck]' : redactDeep(one, depth + 1),
    ]),
  )
}
