import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { Config as Api } from '../../api/config/config.ts'
import { StartSettings } from '../../bin/stack/settings.ts'
import { customMessageOf, describeSchema } from '../../runtime/describe-schema.ts'
import { SidecarConfig as Sidecar } from '../../sidecar/config.ts'
import { project } from '../support/build.ts'

type Shape = Readonly<Record<string, z.ZodType>>

/** The settings of each program that an administrator may set, by the program's name. */
const PROGRAMS: readonly (readonly [name: string, shape: Shape])[] = [
  ['`npm start`', StartSettings.in.shape],
  ['sidecar', Sidecar.in.shape],
  ['API', Api.in.shape],
]

interface Entry {
  name: string
  meaning: string
  default: string
}
interface Section {
  title: string
  entries: Entry[]
}

/** The sections of `.env.example`: its titles, and what stands above each `#NAME=default`. */
function readExample(): Section[] {
  const text = readFileSync(join(project, '.env.example'), 'utf8')
  const [, ...parts] = text.split(/^# ── (.+?) ─+$/m)
  const sections: Section[] = []
  for (let at = 0; at < parts.length; at += 2) {
    const found = (parts[at + 1] ?? '').matchAll(/((?:^# .*\n)*)^#([A-Z][A-Z0-9_]*)=(.*)$/gm)
    const entries = [...found].map(([, meaning = '', name = '', value = '']) => ({
      name,
      default: value,
      meaning: meaning.replace(/^# /gm, '').trim(),
    }))
    sections.push({ title: parts[at] ?? '', entries })
  }
  return sections
}

/** The schema without its default, or of its text where it is transformed. */
function innermost(schema: z.core.$ZodType): z.core.$ZodType {
  const def = (schema as z.core.$ZodTypes)._zod.def // each schema of zod is one of them
  if (def.type === 'pipe') return innermost(def.in)
  if (def.type === 'default' || def.type === 'optional') return innermost(def.innerType)
  return schema
}

function valuesOf(schema: z.ZodType): string | undefined {
  const message = customMessageOf(innermost(schema))
  const described = message?.startsWith('must be ')
    ? message.slice('must be '.length)
    : describeSchema(schema)
  return described === 'text' ? undefined : described.replace(' from 1 to 9007199254740991', '')
}

function describeEntry({ name, meaning, default: value }: Entry): string {
  const readers = PROGRAMS.filter(([, shape]) => shape[name] !== undefined)
  const values = readers.map(([, shape]) => shape[name]).map((schema) => schema && valuesOf(schema))[0]
  const facts = [
    `Default: ${value === '' ? 'unset' : `\`${value}\``}`,
    ...(values === undefined ? [] : [`Value: ${values}`]),
    ...(readers.length === 0 ? [] : [`Read by: ${readers.map(([reader]) => reader).join(', ')}`]),
  ]
  return `#### ${name}\n\n${meaning}\n\n${facts.join(' · ')}`
}

/** All settings by section, in Markdown. */
export function settingsReference(): string {
  return readExample()
    .map(({ title, entries }) => [`### ${title}`, ...entries.map(describeEntry)].join('\n\n'))
    .join('\n\n')
}
