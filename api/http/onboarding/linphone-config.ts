import type { SipCredentials } from '../../core/provisioning/sip-credentials.ts'

/**
 * Linphone's remote provisioning: one account with what it logs in with, over whatever account was the first.
 * `realm` is left out, as PBXs name it as they like; `domain` says whom the password is for.
 * @see linphone.org, lpconfig.xsd; sections as in linphonerc
 */
export function linphoneConfig(sip: SipCredentials): string {
  const name = sip.displayName.replace(/["\\\p{C}]/gu, '')
  const registrar = `${sip.domain}:${sip.port};transport=${sip.transport}`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<config xmlns="http://www.linphone.org/xsds/lpconfig.xsd"',
    '  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
    '  xsi:schemaLocation="http://www.linphone.org/xsds/lpconfig.xsd lpconfig.xsd">',
    // For this once: Linphone would fetch the link, which is spent by then, at each of its starts.
    section('misc', { transient_provisioning: '1' }),
    section('sip', { default_proxy: '0' }),
    section('auth_info_0', {
      username: sip.username,
      userid: sip.authUsername,
      passwd: sip.password,
      domain: sip.domain,
    }),
    section('proxy_0', {
      reg_identity: `"${name}" <sip:${sip.username}@${sip.domain}>`,
      reg_proxy: `<sip:${registrar}>`,
      reg_sendregister: '1',
      reg_expires: '600',
      publish: '0',
    }),
    '</config>',
    '',
  ].join('\n')
}

const section = (name: string, entries: Record<string, string>) =>
  [
    `  <section name="${name}">`,
    ...Object.entries(entries).map(
      ([key, value]) => `    <entry name="${key}" overwrite="true">${escapeXml(value)}</entry>`,
    ),
    '  </section>',
  ].join('\n')

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Without control characters, which XML 1.0 cannot even say escaped. */
const escapeXml = (text: string) =>
  text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '').replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')
