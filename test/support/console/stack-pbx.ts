import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PHONE_201_SECRET } from '../../../bin/stack/pbx-conf.ts'
import { findOrUnpackAsterisk } from '../../../bin/system/asterisk.ts'
import type { AsteriskServer } from '../asterisk.ts'
import { project, systemFolder } from '../build.ts'
import { freeLowPort } from '../free-port.ts'
import type { Stack } from '../stack.ts'

/** The Asterisk of a whole stack, for helpers that drive one of their own. */
export type StackPbx = Pick<
  AsteriskServer,
  'cli' | 'recordings' | 'programs' | 'sipPort' | 'amiPort' | 'users' | 'secretOf'
>

/** Settings of a stack: ports of its Asterisk that are free. */
export const pbxPorts = async (): Promise<Record<string, string>> => ({
  HOOKSWITCH_PBX_SIP_PORT: String(await freeLowPort()),
  HOOKSWITCH_PBX_AMI_PORT: String(await freeLowPort()),
  HOOKSWITCH_PBX_HTTP_PORT: String(await freeLowPort()),
})

/** @param ports of `pbxPorts`, which the stack was started with */
export async function pbxOf({ data }: Pick<Stack, 'data'>, ports: Record<string, string>): Promise<StackPbx> {
  const programs = await findOrUnpackAsterisk(systemFolder, join(project, 'bin', 'pbx'), () => {})
  const folder = join(data, 'asterisk')
  const user = (name: 'events' | 'control' | 'config') => ({
    username: `hookswitch-${name}`,
    secret: name === 'config' ? '' : readFileSync(join(folder, `${name}.secret`), 'latin1').trim(),
  })
  const phoneSecret = readFileSync(join(folder, 'phones.secret'), 'latin1').trim()
  return {
    programs,
    sipPort: Number(ports.HOOKSWITCH_PBX_SIP_PORT),
    amiPort: Number(ports.HOOKSWITCH_PBX_AMI_PORT),
    users: { events: user('events'), control: user('control'), config: user('config') },
    recordings: join(folder, 'spool', 'monitor'),
    secretOf: (extension) => (extension === '201' ? PHONE_201_SECRET : phoneSecret),
    cli: async (command) =>
      (
        await promisify(execFile)(programs.program, [
          '-C',
          join(folder, 'etc', 'asterisk.conf'),
          '-rx',
          command,
        ])
      ).stdout,
  }
}
