import { type DestinationStream, type Logger, pino } from 'pino'
import type { FailureHandler, FailureStreak } from './failure-reporter.ts'

export type { Logger }

/** A compact JWS, a service token, a query string, and what follows a Bearer scheme: none of these may be logged. */
const SECRET_PATTERNS = [
  [/eyJ[\w-]{4,}\.[\w-]*\.?[\w-]*/g, '[token]'],
  [/hs_[0-9a-f]{16}_\w*/g, '[token]'],
  [/\?[^\s"'\\]*/g, '?[query]'],
  [/(bearer\s+)[^\s"'\\]+/gi, '$1[token]'],
] as const

/** Replaces tokens and query strings in a text. */
export function redact(text: string): string {
  let out = text
  for (const [pattern, replacement] of SECRET_PATTERNS) out = out.replace(pattern, replacement)
  return out
}

/**
 * Makes handlers that log failures which do not end the process.
 * `subject` identifies one kind of failure, so that it can be searched for; `message` is for people.
 */
export interface FailureLogger {
  /** For repeated work, through `createFailureReporter`: events `<subject>_failed` and `<subject>_recovered`. */
  (subject: string, message: string): FailureHandler
  /** For a single attempt or event, which cannot recover: each is one event `<subject>_failed`. */
  once(subject: string, message: string): (err: unknown) => void
}

export function failureLogger(log: Logger): FailureLogger {
  const logFailed = (subject: string, message: string, err: unknown, streak?: FailureStreak) =>
    log.warn({ event: `${subject}_failed`, ...streak, err }, message)
  const repeated = (subject: string, message: string): FailureHandler =>
    Object.assign((err: unknown, streak: FailureStreak) => logFailed(subject, message, err, streak), {
      recovered: (streak: FailureStreak) =>
        log.info({ event: `${subject}_recovered`, ...streak }, `works again after: ${message}`),
    })
  return Object.assign(repeated, {
    once: (subject: string, message: string) => (err: unknown) => logFailed(subject, message, err),
  })
}

const SECRET_MEMBER_NAME = /password|secret|token|authorization|cookie|credential/i

/**
 * A log with one line of JSON per event. Members named like secrets are redacted at any depth, and so are tokens in any
 * text: the redaction of `pino` itself needs fixed paths.
 */
export function createLog(name: string, level: string, to?: DestinationStream): Logger {
  const options = {
    name,
    level,
    base: { process: name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => redactDeep(fields, 0) as Record<string, unknown>, // an object stays an object
    },
    hooks: {
      logMethod(args: unknown[], method: (...all: unknown[]) => void) {
        // For a line without a message, pino takes the error's message after this hook.
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
      SECRET_MEMBER_NAME.test(key) ? '[redacted]' : redactDeep(one, depth + 1),
    ]),
  )
}
