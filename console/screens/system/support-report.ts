import type { Wire } from '../../api/client.ts'

export interface ReportParts {
  system: Wire<'System'>
  capabilities: Wire<'Capabilities'> | undefined
  keys: Wire<'SigningKeys'> | undefined
  userAgent: string
  /** Of the report. */
  at: Date
}

/**
 * The state of the installation as English text, for a ticket. It names no person and no number, and holds no secret:
 * of keys the ids, and of the parts what the server words without secrets.
 */
export function writeSupportReport({ system, capabilities, keys, userAgent, at }: ReportParts): string {
  const lines = [
    'Hookswitch, report for support',
    `written: ${at.toISOString()}`,
    `version: ${system.version}`,
    `started: ${system.started_at}`,
    `browser: ${oneLine(userAgent)}`,
    '',
    'parts:',
    ...system.components.map(
      ({ name, state, since, detail }) =>
        `- ${name}: ${state}${since === undefined ? '' : ` since ${since}`}: ${oneLine(detail)}`,
    ),
  ]
  if (capabilities !== undefined) {
    const commands = Object.entries(capabilities.commands).map(([name, way]) => `${name}=${way}`)
    lines.push('', `telephone system: ${capabilities.online ? 'connected' : 'not connected'}`)
    lines.push(`commands: ${commands.join(' ')}`)
  }
  if (keys !== undefined) {
    lines.push('', 'keys:', ...keys.keys.map(({ id, algorithm, state }) => `- ${id} ${algorithm} ${state}`))
  }
  return `${lines.join('\n')}\n`
}

/** Text of others adds no lines to the report. */
const oneLine = (text: string) => text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim()
