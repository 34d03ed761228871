import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linphoneConfig } from '../../../../api/http/onboarding/linphone-config.ts'
import { sip } from './fixture.ts'

describe('linphoneConfig', () => {
  test('has the account and its registrar, each entry once', () => {
    const xml = linphoneConfig({ ...sip, authUsername: '1000-phone', transport: 'tls', port: 5061 })
    const entries = [...xml.matchAll(/<entry name="(\w+)" overwrite="true">([^<]*)<\/entry>/g)]
    expect(Object.fromEntries(entries.map(([, name, value]) => [name, value]))).toEqual({
      transient_provisioning: '1',
      default_proxy: '0',
      username: '1000',
      userid: '1000-phone',
      passwd: 'aB3dEf6gH9jK',
      domain: 'pbx.tudominio.com',
      reg_identity: '&quot;usuario&quot; &lt;sip:1000@pbx.tudominio.com&gt;',
      reg_proxy: '&lt;sip:pbx.tudominio.com:5061;transport=tls&gt;',
      reg_sendregister: '1',
      reg_expires: '600',
      publish: '0',
    })
    expect(entries).toHaveLength(11)
  })

  test('is transient: the phone does not fetch the link again at its next start', () => {
    expect(linphoneConfig(sip).replace(/\s+/g, ' ')).toContain(
      '<section name="misc"> <entry name="transient_provisioning" overwrite="true">1</entry> </section>',
    )
  })

  test('escapes any name and any password', () => {
    const words = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(words, words, (displayName, password) => {
        const xml = linphoneConfig({ ...sip, displayName, password })
        expect(xml.match(/<entry /g)).toHaveLength(11)
        expect(xml.match(/<(?!\/?(?:config|section|entry)\b|\?xml )/g)).toBeNull()
        expect(xml.replace(/&(amp|lt|gt|quot|apos);/g, '')).not.toContain('&')
        // XML 1.0 §2.2; our own line ends are the only control characters.
        expect(xml.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u)
        const identity = /reg_identity" overwrite="true">([^<]*)</.exec(xml)?.[1] ?? ''
        expect(identity.match(/&quot;/g)).toHaveLength(2)
      }),
    )
  })
})
