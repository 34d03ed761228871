import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { project } from './build.ts'

export const readProjectFile = (path: string) => readFileSync(join(project, path), 'utf8')

const Build = z
  .union([
    z.string().transform((context) => ({ context, dockerfile: 'Dockerfile', args: {} })),
    z.strictObject({
      context: z.string(),
      dockerfile: z.string().default('Dockerfile'),
      args: z.record(z.string(), z.string()).default({}),
    }),
  ])
  .optional()
/** Strict on purpose: a word that is misspelt, or that nothing here looks at, does not pass. */
const Service = z.strictObject({
  build: Build,
  image: z.string().optional(),
  command: z.array(z.string()).default([]),
  stop_signal: z.string().optional(),
  user: z.string().default('root'),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({ condition: z.enum(['service_healthy', 'service_completed_successfully']) }),
    )
    .default({}),
  networks: z.array(z.string()),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()),
      interval: z.string(),
      timeout: z.string(),
      start_period: z.string(),
    })
    .optional(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  restart: z.enum(['no', 'unless-stopped']),
  logging: z.object({ driver: z.string() }),
  profiles: z.array(z.string()).default([]),
  ulimits: z.strictObject({ nofile: z.number() }).optional(),
})
const Compose = z.looseObject({
  name: z.literal('hookswitch'),
  services: z.record(z.string(), Service),
  networks: z.record(z.string(), z.strictObject({ internal: z.boolean() }).nullable()),
  volumes: z.record(z.string(), z.null()),
})

export const composeText = readProjectFile('docker-compose.yml')
export const compose = Compose.parse(parse(composeText, { merge: true }))
export const { services } = compose
export const serviceEntries = Object.entries(services)
export const oneShots = new Set(
  serviceEntries.flatMap(([, { depends_on }]) =>
    Object.entries(depends_on).flatMap(([name, { condition }]) =>
      condition === 'service_completed_successfully' ? [name] : [],
    ),
  ),
)
export const longRunning = serviceEntries.filter(([name]) => !oneShots.has(name))
export const requireService = (name: string) => {
  const found = services[name]
  if (found === undefined) throw new Error(`no service ${name}`)
  return found
}

/** What Compose makes of `${NAME:-default}` without a value in .env, or with that of `env`. */
export const interpolate = (text: string, env: Record<string, string> = {}) =>
  text.replace(/\$\{(\w+):-([^}]*)\}/g, (_, name: string, value: string) => env[name] || value)
export const volumesOf = (name: string) =>
  requireService(name).volumes.map((line) => {
    const [volume = '', path = '', mode] = line.split(':')
    return { volume, path, mode }
  })

/** Instructions of a Dockerfile, its continued lines joined. */
export function instructionsOf(path: string) {
  const joined = readProjectFile(path)
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
  return joined
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [word = '', ...rest] = line.trim().split(/\s+/)
      return { word, rest, text: rest.join(' ') }
    })
}
export const builds = serviceEntries.flatMap(([name, { build }]) =>
  build === undefined ? [] : [{ name, ...build }],
)
export const dockerfiles = [...new Set(builds.map(({ dockerfile }) => dockerfile))]

/** A tag that names one release; a moving one, such as `7` or `latest`, has fewer than two dots or no date. */
export const isPinned = (image: string) => /^[\w./-]+:(\d+\.\d+\.\d+[\w.-]*|[a-z]+-\d{8}-\w+)$/.test(image)
