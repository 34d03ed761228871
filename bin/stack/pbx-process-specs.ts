import { existsSync, readFileSync, statSync } from 'node:fs'
import { poll } from '../../runtime/poll.ts'
import type { AsteriskInstall } from '../system/asterisk.ts'
import { runProgram as runToEnd } from '../system/run-program.ts'
import { SetupError } from '../system/setup-error.ts'
import { configurePhone } from './phone-conf.ts'
import type { ProcessSpec } from './supervisor.ts'

/** @param conf its asterisk.conf */
export function asteriskSpec(asterisk: AsteriskInstall, folder: string, conf: string): ProcessSpec {
  const env = { PATH: process.env.PATH, HOME: folder }
  return {
    name: 'asterisk',
    command: asterisk.program,
    args: ['-f', '-C', conf],
    env,
    cwd: folder,
    ready: async () => (await asteriskCli(asterisk, conf, 'core waitfullybooted')).includes('fully booted'),
  }
}

/** A phone that takes every call by itself. */
export function phoneSpec(
  asterisk: AsteriskInstall,
  conf: string,
  phone: { extension: string; secret: string; sipPort: number; tone: number; folder: string },
): ProcessSpec {
  const { extension, folder } = phone
  return {
    name: `phone-${extension}`,
    command: asterisk.baresip,
    args: configurePhone({ ...phone, asterisk, answer: 'auto', controlPort: undefined }),
    env: { PATH: process.env.PATH, HOME: folder },
    cwd: folder,
    ready: async () =>
      new RegExp(`Contact: +${extension}/`).test(await asteriskCli(asterisk, conf, 'pjsip show contacts')),
  }
}

interface EndpointsNeeds {
  extensions: readonly string[]
  /** Path of the api's log. */
  apiLog: string
  amiPort: number
}

/** @throws {SetupError} when one of them is still missing after 30 s */
export async function waitForEndpoints(
  asterisk: AsteriskInstall,
  conf: string,
  { extensions, apiLog, amiPort }: EndpointsNeeds,
): Promise<void> {
  const logStart = existsSync(apiLog) ? statSync(apiLog).size : 0
  const isThere = async () => {
    const shown = await asteriskCli(asterisk, conf, 'pjsip show endpoints')
    return extensions.every((extension) => new RegExp(`Endpoint: +${extension}/`).test(shown)) || undefined
  }
  if ((await poll(isThere, { everyMs: 100, timeoutMs: 30_000 })) !== undefined) return
  const written = existsSync(apiLog) ? readFileSync(apiLog).subarray(logStart).toString() : ''
  throw new SetupError(missingEndpoints(written, apiLog, amiPort))
}

/**
 * Why the extensions are missing.
 * @param written what the api has logged meanwhile
 */
export function missingEndpoints(written: string, apiLog: string, amiPort: number): string {
  const what = 'the api did not create the extensions of the demo in 30 s'
  if (!/Authentication failed|refuses the AMI user/.test(written)) return `${what}: see its log ${apiLog}`
  return `${what}: the PBX on port ${amiPort} refuses the AMI login of this demo ("Authentication failed"), so another PBX answers there. End that one, or set HOOKSWITCH_PBX_AMI_PORT to a free port. The log of the api is ${apiLog}`
}

/** What Asterisk's own console answers; nothing where none runs. */
async function asteriskCli(asterisk: AsteriskInstall, conf: string, command: string): Promise<string> {
  const { out } = await runToEnd(asterisk.program, ['-C', conf, '-rx', command], {
    env: { PATH: process.env.PATH },
  })
  return out
}
