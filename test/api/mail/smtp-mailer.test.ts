import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { createSmtpMailer } from '../../../api/mail/smtp-mailer.ts'
import { freePort } from '../../support/free-port.ts'
import { type MailServer, type MailServerOptions, startMailServer } from '../../support/mail-server.ts'
import { selfSigned } from '../provisioning/self-signed.ts'

const folder = mkdtempSync(join(tmpdir(), 'mailer-'))
const caPath = join(folder, 'ca.pem')
const signed = selfSigned()
writeFileSync(caPath, signed.cert)
let server: MailServer | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
})
afterAll(() => rmSync(folder, { recursive: true }))

const MAIL = { to: 'anna@example.org', subject: 'Hello', text: 'a line\n'.repeat(3) }

/** A mailer to a server on another machine; tests override the differences. */
async function setUp(
  options: MailServerOptions = {},
  difference: Partial<Parameters<typeof createSmtpMailer>[0]> = {},
) {
  server = await startMailServer({ ...signed, ...options })
  const mailer = createSmtpMailer({
    host: '127.0.0.1',
    port: server.port,
    secure: false,
    requireTls: true,
    caPath,
    auth: undefined,
    from: { name: 'Hookswitch, a gate', address: 'voice@example.org' },
    ...difference,
  })
  return { mailer, server }
}

describe('mail', () => {
  test('is sent with STARTTLS to one address, from the configured sender', async () => {
    const { mailer, server } = await setUp()
    await mailer.send(MAIL)
    expect(server.messages).toMatchObject([{ to: ['anna@example.org'], secure: true, text: MAIL.text }])
    const [{ headers } = { headers: '' }] = server.messages
    expect(headers).toMatch(/^From: "Hookswitch, a gate" <voice@example\.org>\r$/m)
    expect(headers).toMatch(/^To: anna@example\.org\r$/m)
    expect(headers).toMatch(/^Auto-Submitted: auto-generated\r$/m)
    expect(headers).not.toMatch(/nodemailer|x-mailer/i)
  })

  test.each([
    ['an apostrophe', "o'hara+x@example.org", "o'hara+x@example.org"],
    ['rarely used characters', 'a!b#c%d{e|f}g@example.org', 'a!b#c%d{e|f}g@example.org'],
    ['a domain in Unicode', 'ivan@пример.рф', 'ivan@xn--e1afmkfd.xn--p1ai'],
  ])('is sent to an address with %s', async (_, to, arrived) => {
    const { mailer, server } = await setUp({ hideSMTPUTF8: true })
    await mailer.send({ ...MAIL, to })
    expect(server.messages).toMatchObject([{ text: MAIL.text }])
    expect(server.messages[0]?.headers).toContain(`\nTo: ${arrived}\r\n`)
  })

  test('is sent to an address with an accent by SMTPUTF8', async () => {
    const { mailer, server } = await setUp()
    await mailer.send({ ...MAIL, to: 'josé@bücher.example' })
    expect(server.messages).toMatchObject([{ to: ['josé@bücher.example'] }])
  })

  test('keeps long lines and other scripts unchanged', async () => {
    const { mailer, server } = await setUp()
    const text = `анна ${'https://voice.example.org/verify-email?token='}${'x'.repeat(200)}\n`
    await mailer.send({ ...MAIL, text })
    expect(server.messages).toMatchObject([{ text }])
  })

  test('logs in with the configured credentials, and is not sent with a wrong password', async () => {
    const login = { username: 'voice', password: 'hunter2' }
    const { mailer, server } = await setUp({ login }, { auth: { user: 'voice', pass: 'hunter2' } })
    await mailer.send(MAIL)
    expect(server.messages).toHaveLength(1)
    const wrong = createSmtpMailer({
      host: '127.0.0.1',
      port: server.port,
      secure: false,
      requireTls: true,
      caPath,
      auth: { user: 'voice', pass: 'hunter3' },
      from: { name: '', address: 'voice@example.org' },
    })
    await expect(wrong.send(MAIL)).rejects.toThrow(/EAUTH/)
    await expect(wrong.send(MAIL)).rejects.not.toThrow(/hunter3/)
  })

  test('is not sent unencrypted to another machine', async () => {
    const { mailer, server } = await setUp({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] })
    await expect(mailer.send(MAIL)).rejects.toThrow(/ETLS|ESOCKET|EPROTOCOL/)
    expect(server.connections()).toBe(1)
    expect(server.messages).toEqual([])
  })

  test('is not sent to a server with an untrusted certificate', async () => {
    const { mailer, server } = await setUp({}, { caPath: undefined })
    await expect(mailer.send(MAIL)).rejects.toThrow(/ESOCKET|ETLS/)
    expect(server.messages).toEqual([])
  })

  test('needs no valid certificate on the same machine', async () => {
    const { mailer, server } = await setUp({}, { caPath: undefined, requireTls: false })
    await mailer.send(MAIL)
    expect(server.messages).toHaveLength(1)
  })

  test('is sent with implicit TLS', async () => {
    const { mailer, server } = await setUp({ secure: true }, { secure: true, requireTls: false })
    await mailer.send(MAIL)
    expect(server.messages).toMatchObject([{ secure: true }])
  })

  test('that is rejected throws an error without the server’s own text', async () => {
    const { mailer } = await setUp({ rejectsRecipients: true })
    await expect(mailer.send(MAIL)).rejects.toThrow(
      /^the mail server did not take it: EENVELOPE RCPT TO 550$/,
    )
  })

  test('to an unreachable server throws an error', async () => {
    const { mailer } = await setUp({}, { port: await freePort() })
    await expect(mailer.send(MAIL)).rejects.toThrow(/ECONNREFUSED|ESOCKET/)
  })

  // The schema rejects all of these. If one should pass, it must still be one address or none.
  test.each([
    ['a header', 'anna@example.org\r\nBcc: boris@example.org'],
    ['another address', 'anna@example.org, boris@example.org'],
    ['a display name', 'Boris <boris@example.org>'],
  ])('is not sent to another recipient by %s in an address', async (_, to) => {
    const { mailer, server } = await setUp()
    await mailer.send({ ...MAIL, to }).catch(() => {})
    expect(server.messagesTo('boris@example.org')).toEqual([])
    for (const { headers } of server.messages) expect(headers).not.toMatch(/^Bcc/im)
  })

  test('is not sent to another recipient by a line end in its subject', async () => {
    const { mailer, server } = await setUp()
    await mailer.send({ ...MAIL, subject: 'Hello\r\nBcc: boris@example.org' })
    expect(server.messagesTo('boris@example.org')).toEqual([])
    expect(server.messages[0]?.headers).not.toMatch(/^Bcc/im)
  })
})
