import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the templates in `nginx/` leave open. Paths are absolute. */
export interface NginxValues {
  /** Undefined where Nchan is compiled in. */
  nchanModule: string | undefined
  /** Whether nginx starts as root. */
  asRoot: boolean
  workers: string
  openFiles: number
  /** `address:port` each. */
  listen: readonly string[]
  run: string
  temp: string
  mediaRoot: string
  accessLog: string
  nchanMemoryMb: number
  sidecars: readonly string[]
  apis: readonly string[]
  allowedOrigins: readonly string[]
  trustedProxies: readonly string[]
}

/**
 * Renders every template into a folder. What would end a quoted word or start a variable is refused, so
 * that a value can never become a directive.
 * @throws {Error} naming the value that cannot stand in a configuration
 */
export function renderNginx(templates: string, folder: string, values: NginxValues): void {
  const words = wordsOf(values)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const file of readdirSync(templates).filter((name) => name.endsWith('.conf'))) {
    const text = readFileSync(join(templates, file), 'utf8').replace(/@(\w+)@/g, (_, name: string) => {
      const word = words[name]
      if (word === undefined) throw new Error(`nginx/${file} asks for @${name}@, which nobody knows`)
      return word
    })
    writeFileSync(join(folder, file), text, { mode: 0o600 })
  }
}

function wordsOf(values: NginxValues): Record<string, string> {
  const { nchanModule, openFiles } = values
  const lines = (all: readonly string[], line: (one: string) => string) =>
    all.map((one) => line(checked(one))).join('\n')
  return {
    loadNchan: nchanModule === undefined ? '' : `load_module "${checked(nchanModule)}";`,
    // Workers enter the sockets' folder, which is the starter's alone.
    user: values.asRoot ? 'user root root;' : '',
    workers: checked(values.workers),
    openFiles: String(openFiles),
    workerConnections: String(Math.floor(openFiles / 2)),
    listen: lines(values.listen, (one) => `    listen ${one};`),
    run: checked(values.run),
    temp: checked(values.temp),
    mediaRoot: checked(values.mediaRoot),
    accessLog: checked(values.accessLog),
    nchanMemory: `${values.nchanMemoryMb}M`,
    sidecars: lines(values.sidecars, (one) => `  server "unix:${one}" max_fails=0;`),
    apis: lines(values.apis, (one) => `  server "unix:${one}" max_fails=0;`),
    allowedOrigins: lines(values.allowedOrigins, (one) => `  "${one}" $http_origin;`),
    trustedNets: lines(values.trustedProxies, (one) => `  ${one} 1;`),
    realIp:
      values.trustedProxies.length === 0
        ? ''
        : `${lines(values.trustedProxies, (one) => `set_real_ip_from ${one};`)}
real_ip_header X-Forwarded-For;
real_ip_recursive on;`,
  }
}

function checked(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come through
  if (/["'\\$;{}\x00-\x1f\x7f]/.test(value))
    throw new Error(`cannot stand in an nginx configuration: ${JSON.stringify(value)}`)
  return value
}
