import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readEnv } from '../runtime/env.ts'
import { parseArguments, UsageError } from './arguments.ts'
import { exitOnError } from './stack/exit-on-error.ts'
import { urlHost } from './stack/gateway.ts'
import { renderNginx } from './stack/nginx-conf.ts'
import { StartSettings } from './stack/settings.ts'

const HELP = `Usage: node dist/render-nginx.js --out <folder> --run <folder> --temp <folder> --access-log <file>
                                --open-files <number> [--nchan-module <file>] [--web-root <folder>]

Renders nginx's configuration for an nginx that npm start does not run, such as a container's. Paths are
those nginx will see; --web-root has the console's files in its folder console. HOOKSWITCH_HOST, _PORT, _MEDIA_ROOT,
_NGINX_WORKERS, _NCHAN_MEMORY, _STREAM_INSTANCES, _ALLOWED_ORIGINS, _TRUSTED_PROXIES, _TLS_CERT_FILE and _TLS_KEY_FILE mean
what they mean to npm start.`

/** @throws {Error} that names the invalid setting, without its value */
async function main() {
  const text = { type: 'string' } as const
  const { values: flags } = parseArguments({
    options: {
      out: text,
      run: text,
      temp: text,
      'access-log': text,
      'open-files': text,
      'nchan-module': text,
      'web-root': text,
      help: { type: 'boolean', short: 'h' },
    },
  })
  const { out, run, temp, 'access-log': accessLog, 'open-files': openFiles } = flags
  if (flags.help) return console.log(HELP)
  if (!out || !run || !temp || !accessLog || !/^\d+$/.test(openFiles ?? '')) throw new UsageError(HELP)

  const { tls, ...settings } = readEnv(StartSettings)
  renderNginx(fileURLToPath(new URL('../nginx', import.meta.url)), out, {
    ...settings,
    nchanModule: flags['nchan-module'],
    asRoot: false,
    openFiles: Number(openFiles),
    listen: [`${urlHost(settings.host)}:${settings.port}`],
    run,
    temp,
    webRoot: flags['web-root'] ?? '/usr/share/hookswitch',
    accessLog,
    sidecars: [join(run, 'sidecar.sock')],
    apis: [join(run, 'api.sock')],
    // Understood by each version of nginx.
    tls: tls && { certificateFile: tls.certificate, keyFile: tls.key, http2: 'listen', hsts: true },
  })
}

main().catch(exitOnError('render-nginx'))
