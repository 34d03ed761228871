import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { relaySocket, streamInstances, subscribeSocket } from '../../contract/stream-instances.ts'

/** How the front speaks TLS. */
export interface NginxTls {
  /** PEM files that nginx reads at each handshake; both may be one file. */
  certificateFile: string
  keyFile: string
  /** nginx 1.25.1 made HTTP/2 a directive of its own, and warns of the word in `listen`. */
  http2: 'listen' | 'directive'
  /** Whether browsers are asked to use HTTPS alone from now on. */
  hsts: boolean
}

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
  /** Its folder `console` is served to browsers. */
  webRoot: string
  accessLog: string
  /** Of each instance. */
  nchanMemoryMb: number
  /** How many processes run Nchan: see `nginx/nchan-instance.conf`. */
  streamInstances: number
  sidecars: readonly string[]
  apis: readonly string[]
  allowedOrigins: readonly string[]
  trustedProxies: readonly string[]
  tls?: NginxTls | undefined
}

/** The template of an instance of Nchan, rendered once for each as `stream-<n>.conf`. */
const STREAM_INSTANCE_TEMPLATE = 'nchan-instance.conf'

/**
 * Renders every template into a folder. What would end a quoted word or start a variable is refused, so
 * that a value can never become a directive.
 * @throws {Error} naming the value that cannot stand in a configuration
 */
export function renderNginx(templates: string, folder: string, values: NginxValues): void {
  const placeholders = templateValues(values)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const render = (template: string, file: string, more: Record<string, string> = {}) => {
    const text = readFileSync(join(templates, template), 'utf8').replace(/@(\w+)@/g, (_, name: string) => {
      const value = more[name] ?? placeholders[name]
      if (value === undefined) throw new Error(`nginx/${template} has no value for @${name}@`)
      return value
    })
    writeFileSync(join(folder, file), text, { mode: 0o600 })
  }
  for (const file of readdirSync(templates)) {
    if (file.endsWith('.conf') && file !== STREAM_INSTANCE_TEMPLATE) render(file, file)
  }
  for (const instance of streamInstances(values.streamInstances)) {
    render(STREAM_INSTANCE_TEMPLATE, `stream-${instance}.conf`, { instance: String(instance) })
  }
}

function templateValues(values: NginxValues): Record<string, string> {
  const { nchanModule, openFiles, tls } = values
  const lines = (all: readonly string[], line: (one: string) => string) =>
    all.map((one) => line(requireSafeValue(one))).join('\n')
  return {
    loadNchan: nchanModule === undefined ? '' : `load_module "${requireSafeValue(nchanModule)}";`,
    // Workers enter the sockets' folder, which is the starter's alone.
    user: values.asRoot ? 'user root root;' : '',
    workers: requireSafeValue(values.workers),
    openFiles: String(openFiles),
    // A stream takes two at the front: the client's, and the one to its instance.
    workerConnections: String(Math.floor(openFiles * 0.75)),
    listen: lines(values.listen, (one) => `    listen ${one}${listenOptions(tls)};`),
    tls: tls === undefined ? '' : '  include tls.conf;',
    http2: tls?.http2 === 'directive' ? 'http2 on;' : '',
    certificateFile: requireSafeValue(tls?.certificateFile ?? ''),
    keyFile: requireSafeValue(tls?.keyFile ?? ''),
    hsts: tls?.hsts === true ? `max-age=${HSTS_S}` : '',
    run: requireSafeValue(values.run),
    temp: requireSafeValue(values.temp),
    mediaRoot: requireSafeValue(values.mediaRoot),
    webRoot: requireSafeValue(values.webRoot),
    accessLog: requireSafeValue(values.accessLog),
    nchanMemory: `${values.nchanMemoryMb}M`,
    sidecars: lines(values.sidecars, (one) => `  server "unix:${one}" max_fails=0;`),
    apis: lines(values.apis, (one) => `  server "unix:${one}" max_fails=0;`),
    instanceShares: splitClientShares(values.streamInstances),
    streamUpstreams: streamInstances(values.streamInstances)
      .flatMap((n) => [
        upstreamBlock(`hookswitch_stream_${n}`, subscribeSocket(values.run, n)),
        upstreamBlock(`hookswitch_relay_${n}`, relaySocket(values.run, n)),
      ])
      .join('\n'),
    allowedOrigins: lines(values.allowedOrigins.flatMap(originVariants), (one) => `  "${one}" $http_origin;`),
    trustedNets: lines(values.trustedProxies, (one) => `  ${one} 1;`),
    realIp:
      values.trustedProxies.length === 0
        ? ''
        : `${lines(values.trustedProxies, (one) => `set_real_ip_from ${one};`)}
real_ip_header X-Forwarded-For;
real_ip_recursive on;`,
  }
}

/** As the lists of browsers ask for; in seconds. */
const HSTS_S = 365 * 86_400

const listenOptions = (tls: NginxTls | undefined): string =>
  tls === undefined ? '' : tls.http2 === 'listen' ? ' ssl http2' : ' ssl'

const upstreamBlock = (name: string, socket: string): string =>
  `upstream ${name} {\n  server "unix:${requireSafeValue(socket)}" max_fails=0;\n}`

/** An origin in its one spelling, and without its scheme's default port; nginx itself ignores the letters' case. */
const originVariants = (origin: string): string[] => {
  const port = { 'https:': 443, 'http:': 80 }[origin.slice(0, origin.indexOf('/'))]
  return port === undefined || /:\d+$/.test(origin) ? [origin] : [origin, `${origin}:${port}`]
}

/** Equal shares for `split_clients`; the last one takes what rounding leaves. */
const splitClientShares = (count: number): string =>
  streamInstances(count)
    .map((n) => (n === count ? `  * ${n};` : `  ${Math.floor(10_000 / count) / 100}% ${n};`))
    .join('\n')

function requireSafeValue(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come through
  if (/["'\\$;{}\x00-\x1f\x7f]/.test(value))
    throw new Error(`cannot stand in an nginx configuration: ${JSON.stringify(value)}`)
  return value
}
