import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Config as Api } from '../../api/config/config.ts'
import { StartSettings } from '../../bin/stack/settings.ts'
import { nginx } from '../../bin/system/nginx.ts'
import { redis } from '../../bin/system/redis.ts'
import { readEnv } from '../../runtime/env.ts'
import { SidecarConfig as Sidecar } from '../../sidecar/config.ts'
import { project } from '../support/build.ts'
import { type Shape, shapes, unitOf } from './settings-shapes.ts'

const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
const compose = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8')

/** Set by `npm start` for its own processes, and by docker-compose.yml for those of the images. */
const INTERNAL = [
  'HOOKSWITCH_RUN',
  'HOOKSWITCH_SIDECAR_SOCKET',
  'HOOKSWITCH_API_SOCKET',
  'HOOKSWITCH_NGINX_SOCKETS',
  'HOOKSWITCH_MAIL_TO_LOG',
  'HOOKSWITCH_CONSOLE_URL',
]
/** What names a program instead of setting something: no schema, no default. */
const PROGRAMS = [...nginx.overrideVariables, ...redis.overrideVariables]
/** Read by Docker Compose alone, which has its defaults in the text. */
const COMPOSE = Object.fromEntries(
  [...compose.matchAll(/\$\{(HOOKSWITCH_BIND):-([^}]*)\}/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]),
)

/** `#NAME=default` with the lines of comment above it. */
function entriesOf(text: string) {
  return [...text.matchAll(/((?:^# .*\n)*)^#([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
    ([, meaning = '', name = '', value = '']) => ({ meaning, name, value }),
  )
}

/** What an unset variable comes to; undefined where the schema leaves that to others. */
function defaultOf(schema: z.ZodType): string {
  const { success, data } = schema.safeParse(undefined)
  // A folder of the checkout is shown as it is written in there.
  return success && data !== undefined ? String(data).replace(project, './') : ''
}

/** Whether a schema takes both bounds and nothing beyond them. */
const isWithin = (schema: z.ZodType, least: number, most: number) =>
  [least - 1, least, most, most + 1].map((value) => schema.safeParse(String(value)).success).join() ===
  'false,true,true,false'

/** Everything in which an example differs from the schemas. */
function faultsOf(text: string, schemas: readonly Shape[]): string[] {
  const entries = entriesOf(text)
  const named = entries.map(({ name }) => name)
  const known = schemas.flatMap((shape) => Object.keys(shape))
  const faults = [
    ...INTERNAL.filter((name) => !known.includes(name)).map((name) => `${name} is internal to nobody`),
    ...[...known, ...PROGRAMS, ...Object.keys(COMPOSE)]
      .filter((name) => !named.includes(name) && !INTERNAL.includes(name))
      .map((name) => `${name} is missing`),
    ...named.filter((name, i) => named.indexOf(name) !== i).map((name) => `${name} stands there twice`),
    ...[...text.matchAll(/^[A-Z]\w*(?==)/gm)].map(([name]) => `${name} is set and not only shown`),
  ]
  for (const { meaning, name, value } of entries) {
    const defaults = [
      ...schemas.flatMap((shape) => (shape[name] === undefined ? [] : [defaultOf(shape[name])])),
      ...(PROGRAMS.includes(name) ? [''] : []),
      ...(COMPOSE[name] === undefined ? [] : [COMPOSE[name]]),
    ]
    if (defaults.length === 0) faults.push(`${name} is nobody's setting`)
    if (INTERNAL.includes(name)) faults.push(`${name} is not the administrator's`)
    if (defaults.some((one) => one !== value)) faults.push(`${name} has the default ${defaults.join(', ')}`)
    if (meaning === '') faults.push(`${name} has no meaning`)
    const [, least, most] = /\((\d+) to (\d+)\)/.exec(meaning) ?? []
    const schema = schemas.find((shape) => shape[name] !== undefined)?.[name]
    if (least !== undefined && !(schema && isWithin(schema, Number(least), Number(most)))) {
      faults.push(`${name} has other bounds than ${least} and ${most}`)
    }
    const unit = schema && unitOf(schema)
    if (unit !== undefined && !meaning.includes(unit))
      faults.push(`${name} is in ${unit}, and nobody says so`)
  }
  return [...new Set(faults)]
}

describe('.env.example', () => {
  const known = faultsOf(example, shapes)
  /** What a change adds to the faults, so that a first one does not hide the others. */
  const added = (text: string, schemas: readonly Shape[] = shapes) =>
    faultsOf(text, schemas).filter((fault) => !known.includes(fault))

  test('lists every setting with its meaning, unit and default, and sets none', () => {
    expect(entriesOf(example).length).toBeGreaterThan(20)
    expect(known).toEqual([])
  })

  test('a setting that only a schema knows is missing', () => {
    const more = { HOOKSWITCH_NEW: z.string().optional() }
    expect(added(example, [...shapes, more])).toEqual(['HOOKSWITCH_NEW is missing'])
  })

  test.each([
    ['a setting no schema knows', '# Old.\n#HOOKSWITCH_OLD=1', ["HOOKSWITCH_OLD is nobody's setting"]],
    [
      'one that is nobody else’s business',
      '# Sockets.\n#HOOKSWITCH_RUN=',
      ["HOOKSWITCH_RUN is not the administrator's"],
    ],
    ['one said twice', '# Again.\n#HOOKSWITCH_PORT=8080', ['HOOKSWITCH_PORT stands there twice']],
    [
      'one that is set for everybody who copies the file',
      'HOOKSWITCH_PORT=8080',
      ['HOOKSWITCH_PORT is set and not only shown'],
    ],
  ])('%s is a fault', (_, lines, faults) => {
    expect(added(`${example}\n${lines}\n`)).toEqual(faults)
  })

  test.each([
    ['a default that differs', '#HOOKSWITCH_ACCESS_TTL=3600', '#HOOKSWITCH_ACCESS_TTL=7200', /default 3600/],
    ['a default of two schemas that differs', '=HS256', '=EdDSA', /TOKEN_ALG has the default HS256, HS256/],
    ["Compose's default that differs", '_BIND=127.0.0.1', '_BIND=0.0.0.0', /BIND has the default 127/],
    ['a unit left out', 'access token, in seconds (10', 'access token (10', /ACCESS_TTL is in seconds/],
    ['a bound that differs', '(2 to 300)', '(1 to 300)', /MAX_STALENESS has other bounds than 1 and 300/],
    ['a meaning left out', /# The port [^\n]*\n/, '', /PORT has no meaning/],
  ])('%s is a fault', (_, from, to, fault) => {
    const faults = added(example.replace(from, to))
    expect(faults).toEqual([expect.stringMatching(fault)])
  })

  test.each(['REDIS_URL_FILE', 'DATABASE_URL_FILE'])('explains %s', (name) => {
    expect(example).toContain(name)
  })

  test.each([
    ['npm start', StartSettings, {}],
    ['the sidecar', Sidecar, { HOOKSWITCH_RUN: '/run/x', REDIS_URL: 'unix:/run/x/redis.sock' }],
    ['the api', Api, { HOOKSWITCH_RUN: '/run/x', REDIS_URL: 'unix:/run/x/redis.sock' }],
  ] as const)('taken as it stands, it changes nothing for %s', (_, schema, needed) => {
    const shown = Object.fromEntries(entriesOf(example).map(({ name, value }) => [name, value]))
    expect(readEnv(schema, { ...shown, ...needed })).toEqual(readEnv(schema, needed))
  })
})
