import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AsteriskServer, startAsterisk } from './asterisk.ts'
import { type Stack, startStack } from './stack.ts'

/** A whole Hookswitch with an Asterisk of its own, both as a person would run them. */
export interface Telephony {
  asterisk: AsteriskServer
  stack: Stack
  /** The api's settings of the PBX; another node needs the same. */
  settings: Record<string, string>
  stop(): Promise<void>
}

export interface TelephonyOptions {
  /** Numbers outside can be reached, and call in: see `startTrunkPeer`. */
  trunk?: boolean
  /** 200 more phones without users, 2000 to 2199. */
  load?: boolean
  env?: Record<string, string>
  /** A folder for its data that exists already, and stays. */
  data?: string
}

/** Tests dial far more often than people do; what limits them has tests of its own. */
const POLICY = { limits: { perMinute: 1_000, perDay: 10_000, concurrent: 100 } }

export async function startTelephony({
  trunk = false,
  load = false,
  env,
  data,
}: TelephonyOptions = {}): Promise<Telephony> {
  const folder = mkdtempSync(join(tmpdir(), 'calls-'))
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }
  const asterisk = await startAsterisk({ trunk, load })
  const { events, control } = asterisk.users
  const settings = {
    HOOKSWITCH_AMI_HOST: '127.0.0.1',
    HOOKSWITCH_AMI_PORT: String(asterisk.amiPort),
    HOOKSWITCH_AMI_EVENTS_SECRET_FILE: file('events.secret', events.secret),
    HOOKSWITCH_AMI_CONTROL_SECRET_FILE: file('control.secret', control.secret),
    HOOKSWITCH_DIAL_CONTEXT: 'internal',
    HOOKSWITCH_DIAL_POLICY: file('dial-policy.json', JSON.stringify(POLICY)),
    // The least there is.
    HOOKSWITCH_RING_SECONDS: '5',
    HOOKSWITCH_MEDIA_ROOT: asterisk.recordings,
    ...env,
  }
  const stop = async () => {
    await asterisk.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const stack = await startStack({ env: settings, ...(data && { data, keepData: true }) })
    return {
      asterisk,
      stack,
      settings,
      async stop() {
        await stack.stop()
        await stop()
      },
    }
  } catch (err) {
    await stop()
    throw err
  }
}
