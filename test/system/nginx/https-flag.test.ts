import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { request as secureRequest } from 'node:https'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { machineNames } from '../../../bin/stack/self-signed.ts'
import { startBrowser, whyBrowserUnavailable } from '../../support/browser.ts'
import { type Stack, startStack } from '../../support/stack.ts'

const missing = await whyBrowserUnavailable()

describe('npm start -- --https', () => {
  const address = machineNames().required.find((name) => isIP(name) === 4 && !name.startsWith('127.'))
  let own: Stack
  let certificate: Buffer
  beforeAll(async () => {
    own = await startStack({ https: true, demo: false, env: { HOOKSWITCH_HOST: '0.0.0.0' } })
    certificate = readFileSync(join(own.data, 'tls/self-signed.crt'))
  })

  afterAll(() => own?.stop())

  test('makes a certificate, and prints its fingerprint and what curl needs to verify it', () => {
    expect(own.output()).toContain(new X509Certificate(certificate).fingerprint256)
    expect(own.output()).toContain(`--cacert '${join(own.data, 'tls/self-signed.crt')}'`)
  })

  test('a client that trusts it is not asked to use HTTPS alone: other programs use these names, too', async () => {
    const headers = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
      const where = { host: '127.0.0.1', port: new URL(own.url).port, path: '/health' }
      secureRequest({ ...where, ca: certificate, agent: false }, (res) => {
        res.resume()
        resolve(res.headers)
      })
        .once('error', reject)
        .end()
    })
    expect(headers).not.toHaveProperty('strict-transport-security')
  })

  test.skipIf(address === undefined || missing !== undefined)(
    'a page from the address of the LAN may use the microphone (skipped: no network, or no Chromium)',
    async () => {
      const url = `https://${address}:${new URL(own.url).port}`
      expect(own.output()).toMatch(
        new RegExp(`^From other machines: .*${url.replaceAll('.', '\\.')}( |$)`, 'm'),
      )
      const browser = await startBrowser({
        args: [
          // A person accepts the warning.
          '--ignore-certificate-errors',
          '--use-fake-device-for-media-stream',
          '--use-fake-ui-for-media-stream',
        ],
      })
      onTestFinished(() => browser.stop())
      await browser.open(`${url}/health`)
      const tracks =
        'navigator.mediaDevices.getUserMedia({ audio: true }).then((media) => media.getTracks().length)'
      expect(await browser.evaluate(tracks)).toBe(1)
    },
  )
})
