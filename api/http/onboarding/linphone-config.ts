import type { SipCredentials } from '../../core/provisioning/sip-credentials.ts'

/**
 * Builds Linphone's remote provisioning file: one account with its credentials, which replaces the first account.
 * `realm` is left out, as each PBX chooses its own; `domain` selects the server that the password is for.
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
    // Without it Linphone would fetch the link, which works once, at each start.
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

/** Drops control characters, which XML 1.0 does not allow even escaped. */
const escapeXml = (text: string) =>
  text
    .replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
