import { createApi } from './api.ts'
import { TokenFailure } from './errors.ts'
import { forget, obtain } from './get-token.ts'
import { HELP } from './help.ts'
import { createVoice, type Voice } from './redacting-output.ts'
import { createAsk } from './send-with-retry.ts'
import { readSettings, type TokenSettings } from './settings.ts'
import { createKeeper } from './token-cache.ts'
import { createTransport } from './transport.ts'

/**
 * `hookswitch token`: one access token on stdout, everything else on stderr. Leaves the exit code that
 * `--help` gives the cause.
 */
export async function tokenCommand(words: readonly string[]): Promise<void> {
  const voice = createVoice((line) => process.stderr.write(line), words.includes('--debug'))
  try {
    const settings = readSettings(words, process.env)
    if (settings.help) return console.log(HELP)
    voice.hide(settings.password)
    const token = await run(settings, voice)
    if (token !== undefined) process.stdout.write(`${token}\n`)
  } catch (err) {
    if (!(err instanceof TokenFailure)) throw err
    voice.say(err.message)
    process.exitCode = err.exitCode
  }
}

async function run(settings: TokenSettings, voice: Voice): Promise<string | undefined> {
  const { base, login, password, timeoutMs, retries, insecure } = settings
  const { origin } = new URL(base)
  const transport = createTransport({ origin, timeoutMs, insecure, voice })
  const ask = createAsk({ transport, origin, timeoutMs, retries, voice })
  const now = () => Math.floor(Date.now() / 1000)
  const needs = {
    api: createApi({ ask, base, login, voice, now }),
    keeper: createKeeper(settings, voice),
    voice,
    password,
    // Long enough for a run before ours to refresh and log in with all its retries.
    patienceMs: 60_000 + 2 * (retries + 1) * timeoutMs,
    now,
  }
  try {
    if (settings.forget) return void (await forget(needs))
    return await obtain(needs, settings)
  } finally {
    await transport.close()
  }
}
