/** Exit codes by cause, as `--help` lists them. */
export const EXIT = {
  usage: 2,
  unreachable: 3,
  credentials: 4,
  tls: 5,
  nonsense: 6,
  ended: 7,
  throttled: 8,
} as const
export type FailureCause = keyof typeof EXIT

/** Why there is no token. The message is one line with the reason and what to do, and holds no secret. */
export class TokenCommandError extends Error {
  override name = 'TokenFailure'
  readonly exitCode: number

  constructor(cause: FailureCause, message: string) {
    super(message)
    this.exitCode = EXIT[cause]
  }
}
