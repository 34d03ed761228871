import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a test's Asterisk has besides the product's: text to append to a file, by its name. */
type ConfAdditions = Record<string, string>

/** Outside numbers go to a SIP peer on `port`; a peer with the secret calls in from outside. */
export const trunkConf = (port: number, secret: string): ConfAdditions => ({
  'pjsip_more.conf': `
[trunk](phone)
context = from-trunk
auth = trunk
aors = trunk
send_rpid = no
; the caller's number is in P-Asserted-Identity
trust_id_inbound = yes
send_connected_line = no
[trunk](creds)
username = trunk
password = ${secret}
[trunk]
type = aor
contact = sip:127.0.0.1:${port}
`,
  'extensions_more.conf': `
[internal](+)
exten => _0X.,1,Dial(PJSIP/\${EXTEN}@trunk,60,tTkKxX)
 same => n,Hangup()
exten => _+X.,1,Dial(PJSIP/\${EXTEN}@trunk,60,tTkKxX)
 same => n,Hangup()
; whoever does not answer here is not waited for
exten => _03019.,1,Dial(PJSIP/\${EXTEN}@trunk,2,tTkKxX)
 same => n,Hangup()
; ways to the outside that are out of order: no circuit, no such trunk, a dead end within, an announcement, a tone
exten => _0301971.,1,Hangup(34)
exten => _0301972.,1,Dial(PJSIP/nobody)
 same => n,Hangup()
exten => _0301973.,1,Dial(Local/621@internal/n)
 same => n,Hangup(\${HANGUPCAUSE})
exten => _0301974.,1,Dial(PJSIP/nobody)
 same => n,Wait(1)
 same => n,Hangup(16)
exten => _0301975.,1,Congestion(1)
; a group: the first to pick up has it
exten => 640,1,Dial(PJSIP/1001&PJSIP/1002,30,tTkKxX)
 same => n,Hangup()
; recorded twice, into folders of its own
exten => 681,1,MixMonitor(welcome/\${UNIQUEID}.wav)
 same => n,Answer()
 same => n,Wait(0.5)
 same => n,StopMixMonitor()
 same => n,MixMonitor(talk/in-\${CALLERID(num)}-\${UNIQUEID}.wav)
 same => n,Dial(PJSIP/1002,30,tTkKxX)
 same => n,Hangup()
; asks whom to reach
exten => 661,1,Answer()
 same => n,Read(WHOM,,4,,1,10)
 same => n,Dial(PJSIP/\${WHOM},30,tTkKxX)
 same => n,Hangup()
; waits for a person, and there is none
exten => 651,1,Answer()
 same => n,Queue(deserted,tT,,,60)
 same => n,Hangup()
; takes what rings at another phone
exten => _*6XXXX,1,Pickup(\${EXTEN:2})
 same => n,Hangup()

[from-trunk]
exten => _1XXX,1,Goto(internal,\${EXTEN},1)
exten => 201,1,Goto(internal,201,1)
exten => 610,1,Goto(internal,610,1)
exten => 640,1,Goto(internal,640,1)
`,
  'queues.conf': `
[deserted]
strategy = ringall
joinempty = yes
`,
})

/** The phones 1000 to 1003, as an administrator has written them. */
export const phonesConf = (secret: string): ConfAdditions => ({
  'pjsip_more.conf': Object.entries({ 1000: 'Admin', 1001: 'Alice', 1002: 'Bob', 1003: 'Carol' })
    .map(
      ([extension, name]) => `
[${extension}](phone)
auth = ${extension}
aors = ${extension}
callerid = "${name}" <${extension}>
[${extension}](creds)
username = ${extension}
password = ${secret}
[${extension}](place)
`,
    )
    .join(''),
})

/** An extension 1005 that several phones register for. */
export const contactsConf = (secret: string): ConfAdditions => ({
  'pjsip_more.conf': `
[1005](phone)
auth = 1005
aors = 1005
callerid = "Ann" <1005>
[1005](creds)
username = 1005
password = ${secret}
[1005](place)
max_contacts = 3
remove_existing = no
`,
})

/** An extension 1006 with the digest of RFC 8760. */
export const sha256Conf = (secret: string): ConfAdditions => ({
  'pjsip_more.conf': `
[1006](phone)
auth = 1006
aors = 1006
[1006](creds)
username = 1006
password = ${secret}
supported_algorithms_uas = SHA-256
[1006](place)
`,
})

/**
 * Endpoints of browsers, without media. Their context dials, so that a test notices a call that a browser starts: in
 * production it has no extension.
 */
export const webPhonesConf = (names: readonly string[], secret: string): ConfAdditions => ({
  'pjsip_more.conf': names
    .map(
      (one) => `
[${one}](phone)
auth = ${one}
aors = ${one}
[${one}](creds)
username = ${one}
password = ${secret}
[${one}](place)
max_contacts = 3
remove_existing = no
`,
    )
    .join(''),
})

/** 200 phones, 2000 to 2199; without any caller id of the other end, so that a script can be such a phone. */
export function loadConf(secret: string): ConfAdditions {
  const phones = Array.from({ length: 200 }, (_, at) => String(2_000 + at))
  return {
    'pjsip_more.conf': phones
      .map(
        (one) => `
[${one}](phone)
auth = ${one}
aors = ${one}
callerid = "Load ${one}" <${one}>
send_rpid = no
send_connected_line = no
[${one}](creds)
username = ${one}
password = ${secret}
[${one}](place)
`,
      )
      .join(''),
    'extensions_more.conf': `
[internal](+)
exten => _2XXX,1,Dial(PJSIP/\${EXTEN},30,tTkKxX)
 same => n,Hangup()
${phones.map((one) => `exten => ${one},hint,PJSIP/${one}`).join('\n')}
`,
  }
}

/**
 * The documented way to make extensions without ARI, with a dialplan that is there. Phones of one machine would
 * not reach each other by the address that Asterisk finds for itself.
 * @param project the folder of `docs/`
 */
export function configuringConf(project: string, secret: string): ConfAdditions {
  const wizard = readFileSync(join(project, 'docs', 'asterisk', 'pjsip_wizard.conf'), 'utf8')
  return {
    'pjsip_wizard.conf': `${wizard.replaceAll('from-internal', 'internal')}
endpoint/media_address = 127.0.0.1
endpoint/bind_rtp_to_media_address = yes
`,
    'manager.conf': `
[hookswitch-config]
secret = ${secret}
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
read =
write = system,config
writetimeout = 5000
`,
  }
}
