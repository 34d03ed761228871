import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import { project } from '../build.ts'

/** A page that has the phone of the console and nothing else: `window.createPhone`, `window.openLevelMeter`. */
export interface PhonePage {
  /** On 127.0.0.1, which browsers take for a secure context. */
  readonly url: string
  /** The same by a name that is no secure context; in a browser of `startMediaBrowser`. */
  readonly insecureUrl: string
  stop(): Promise<void>
}

/** A name for 127.0.0.1. */
export const INSECURE_HOST = 'phone.test'

const PAGE = '<!doctype html><meta charset="utf-8"><title>phone</title><script src="/phone.js"></script>'

export async function servePhonePage(): Promise<PhonePage> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        export { createPhone } from './console/phone/phone.ts'
        export { openLevelMeter } from './console/phone/level-meter.ts'`,
      resolveDir: project,
    },
    outfile: join(project, 'var', 'phone-page.js'),
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'room',
    footer: { js: 'Object.assign(window, room)' },
  })
  const script = outputFiles[0]?.text ?? ''
  const server = createServer((request, response) => {
    const [type, text] = request.url === '/phone.js' ? ['text/javascript', script] : ['text/html', PAGE]
    response.writeHead(200, { 'content-type': type }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens has an address of this type.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    insecureUrl: `http://${INSECURE_HOST}:${port}/`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
