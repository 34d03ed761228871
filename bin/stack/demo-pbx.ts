import { existsSync, symlinkSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { findOrUnpackAsterisk } from '../system/asterisk.ts'
import { SetupError } from '../system/setup-error.ts'
import { requireFreePort } from './health-check.ts'
import { configurePbx, PHONE_201_SECRET } from './pbx-conf.ts'
import { asteriskSpec, phoneSpec, waitForEndpoints } from './pbx-process-specs.ts'
import { loadOrCreatePbxSecrets } from './pbx-secrets.ts'
import type { StartSettings } from './settings.ts'
import type { ProcessSpec } from './supervisor.ts'

/** An Asterisk of the demo's own, ready to be started. */
export interface DemoPbx {
  server: ProcessSpec
  /** The SIP password of the demo users' desk phones. */
  phoneSecret: string
  /** Waits until the api has created the extensions of the phones. @throws {SetupError} after a while */
  waitForExtensions(): Promise<void>
  /** To be started then. */
  phones: readonly ProcessSpec[]
  /** Settings for the api; they override those of another PBX in its environment. */
  apiEnv: Record<string, string | undefined>
  /** How a person registers a phone, and places a call; `curlOptions` end with a blank. */
  welcome(url: string, curlOptions: string): string
}

export interface DemoPbxNeeds {
  /** The folder of `bin/` and `docs/`. */
  project: string
  run: string
  settings: Pick<
    StartSettings,
    'data' | 'systemFolder' | 'mediaRoot' | 'port' | 'pbxSipPort' | 'pbxAmiPort' | 'pbxHttpPort'
  >
  log(line: string): void
}

const ALICE_AND_BOB = [
  { extension: '1001', tone: 440 },
  { extension: '1002', tone: 660 },
]

/**
 * Fetches Asterisk where it is missing and writes its configuration; all of it listens on loopback only, except the
 * encrypted media of browsers during a call: see `ownAddress`.
 * @throws {SetupError} when it cannot be had, or one of its ports is taken
 */
export async function prepareDemoPbx({ project, run, settings, log }: DemoPbxNeeds): Promise<DemoPbx> {
  const { data, port, pbxSipPort: sipPort, pbxAmiPort: amiPort, pbxHttpPort: httpPort } = settings
  if (new Set([port, sipPort, amiPort, httpPort]).size < 4) {
    throw new SetupError(
      'HOOKSWITCH_PORT, HOOKSWITCH_PBX_SIP_PORT, HOOKSWITCH_PBX_AMI_PORT and HOOKSWITCH_PBX_HTTP_PORT must be four ports',
    )
  }
  await requireFreePort('127.0.0.1', sipPort, 'HOOKSWITCH_PBX_SIP_PORT', ['tcp', 'udp'])
  await requireFreePort('127.0.0.1', amiPort, 'HOOKSWITCH_PBX_AMI_PORT')
  await requireFreePort('127.0.0.1', httpPort, 'HOOKSWITCH_PBX_HTTP_PORT')

  const asterisk = await findOrUnpackAsterisk(settings.systemFolder, join(project, 'bin', 'pbx'), log)
  const folder = join(data, 'asterisk')
  const { secrets, files, areNew } = loadOrCreatePbxSecrets(folder)
  const rtpPorts = { first: 10_000, last: 10_199 }
  const ari = { port: httpPort, secret: secrets.ari }
  const conf = configurePbx(project, { asterisk, folder, run, sipPort, amiPort, ari, rtpPorts, secrets })

  // Recordings go where the gate guards them.
  const recordings = join(folder, 'spool', 'monitor')
  if (!existsSync(recordings)) symlinkSync(settings.mediaRoot, recordings)

  return {
    server: asteriskSpec(asterisk, folder, conf),
    phoneSecret: secrets.phones,
    waitForExtensions: () =>
      waitForEndpoints(asterisk, conf, {
        extensions: ALICE_AND_BOB.map(({ extension }) => extension),
        apiLog: join(data, 'log', 'api.log'),
        amiPort,
      }),
    phones: ALICE_AND_BOB.map(({ extension, tone }) =>
      phoneSpec(asterisk, conf, {
        extension,
        tone,
        sipPort,
        secret: secrets.phones,
        folder: join(folder, `phone-${extension}`),
      }),
    ),
    apiEnv: {
      ...Object.fromEntries(
        Object.keys(process.env).flatMap((name) =>
          name.startsWith('HOOKSWITCH_AMI_') ? [[name, undefined]] : [],
        ),
      ),
      HOOKSWITCH_AMI_HOST: '127.0.0.1',
      HOOKSWITCH_AMI_PORT: String(amiPort),
      HOOKSWITCH_AMI_EVENTS_USER: 'hookswitch-events',
      HOOKSWITCH_AMI_EVENTS_SECRET_FILE: files.events,
      HOOKSWITCH_AMI_CONTROL_USER: 'hookswitch-control',
      HOOKSWITCH_AMI_CONTROL_SECRET_FILE: files.control,
      HOOKSWITCH_DIAL_CONTEXT: 'internal',
      HOOKSWITCH_PROVISIONER: 'asterisk',
      HOOKSWITCH_ARI_URL: `http://127.0.0.1:${httpPort}`,
      HOOKSWITCH_ARI_USER: 'hookswitch',
      HOOKSWITCH_ARI_PASSWORD: undefined,
      HOOKSWITCH_ARI_PASSWORD_FILE: files.ari,
      HOOKSWITCH_ARI_CONTEXT: 'internal',
      HOOKSWITCH_ARI_CODECS: 'ulaw,alaw',
      HOOKSWITCH_ARI_MEDIA_ADDRESS: '127.0.0.1',
      // Browsers never offer a loopback address as an ICE candidate, and Asterisk takes media from no other.
      HOOKSWITCH_ARI_WEB_MEDIA_ADDRESS: ownAddress() ?? '127.0.0.1',
      HOOKSWITCH_ARI_WEB_CONTEXT: undefined,
      HOOKSWITCH_ENDPOINT: undefined,
      HOOKSWITCH_WEB_ENDPOINT: undefined,
      HOOKSWITCH_RING_CONTEXT: 'hookswitch-ring',
      HOOKSWITCH_SUPERVISION: 'join',
      HOOKSWITCH_SUPERVISION_NOTICE: undefined,
      HOOKSWITCH_SIP_WS_URL: undefined,
      HOOKSWITCH_SIP_WS_UPSTREAM: `ws://127.0.0.1:${httpPort}/ws`,
      // What its dialplan knows.
      HOOKSWITCH_EXTENSIONS: '1000-1199',
      HOOKSWITCH_SIP_DOMAIN: '127.0.0.1',
      HOOKSWITCH_SIP_PORT: String(sipPort),
      HOOKSWITCH_SIP_TRANSPORT: 'udp',
    },
    welcome: (
      url,
      curlOptions,
    ) => `Telephones: an Asterisk with 1001 and 1002, which take every call by themselves. For a softphone of yours:
  server 127.0.0.1:${sipPort} (UDP or TCP), user 1000 or 1003, password ${areNew ? `${secrets.phones}   (shown only once, stored in ${files.phones})` : `in ${files.phones}`}
  or user 201, password ${PHONE_201_SECRET}
Place a call from 1001 to 1002 while the stream above shows both:
  curl -sS ${curlOptions}${url}/api/v1/calls -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" -H 'Content-Type: application/json' -d '{"number":"1002"}'
Get an account and an extension of your own, and what a softphone needs to be it:
  curl -sS ${curlOptions}${url}/auth/register -H 'Content-Type: application/json' -d '{"email":"you@example.org","password":"secreto123"}'
`,
  }
}

/** The machine's first IPv4 address that is not loopback; undefined where there is none. */
function ownAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}
