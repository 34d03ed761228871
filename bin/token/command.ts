import { toUnixSeconds } from '../../runtime/time.ts'
import { createTokenApi } from './api.ts'
import { TokenCommandError } from './errors.ts'
import { getToken, logoutAndClear } from './get-token.ts'
import { HELP } from './help.ts'
import { createRedactingOutput, type RedactingOutput } from './redacting-output.ts'
import { createSendWithRetry } from './send-with-retry.ts'
import { readTokenSettings, type TokenSettings } from './settings.ts'
import { createTokenCache } from './token-cache.ts'
import { createTransport } from './transport.ts'

/**
 * `hookswitch token`: one access token on stdout, everything else on stderr. Leaves the exit code that
 * `--help` gives the cause.
 */
export async function tokenCommand(args: readonly string[]): Promise<void> {
  const output = createRedactingOutput((line) => process.stderr.write(line), args.includes('--debug'))
  try {
    const settings = readTokenSettings(args, process.env)
    if (settings.help) return console.log(HELP)
    output.addSecret(settings.password)
    const token = await run(settings, output)
    if (token !== undefined) process.stdout.write(`${token}\n`)
  } catch (err) {
    if (!(err instanceof TokenCommandError)) throw err
    output.print(err.message)
    process.exitCode = err.exitCode
  }
}

async function run(settings: TokenSettings, output: RedactingOutput): Promise<string | undefined> {
  const { base, login, password, timeoutMs, retries, insecure } = settings
  const { origin } = new URL(base)
  const transport = createTransport({ origin, timeoutMs, insecure, output })
  const send = createSendWithRetry({ transport, origin, timeoutMs, retries, output })
  const now = () => toUnixSeconds(Date.now())
  const needs = {
    api: createTokenApi({ send, base, login, output, now }),
    cache: createTokenCache(settings, output),
    output,
    password,
    // Long enough for a run before ours to refresh and log in with all its retries.
    lockTimeoutMs: 60_000 + 2 * (retries + 1) * timeoutMs,
    now,
  }
  try {
    if (settings.forget) return void (await logoutAndClear(needs))
    return await getToken(needs, settings)
  } finally {
    await transport.close()
  }
}
