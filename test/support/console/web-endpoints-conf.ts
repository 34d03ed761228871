import { networkInterfaces } from 'node:os'

/**
 * Where browsers reach the media of a test's Asterisk: the first own IPv4 address, since Chromium offers no loopback
 * address of its own; 127.0.0.1 on a machine without a network.
 */
export const webMediaAddress = (): string =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'

/** Endpoints of browsers beside the desk phones: text to append to a file, by its name. They may dial nothing. */
export const webEndpointsConf = (secret: string): Record<string, string> => ({
  'pjsip_more.conf': `
[web](!)
type = endpoint
context = web-dials-nothing
disallow = all
allow = opus,ulaw
webrtc = yes
dtls_auto_generate_cert = yes
media_address = ${webMediaAddress()}
bind_rtp_to_media_address = yes
direct_media = no
timers = no
send_rpid = no
send_connected_line = no
${endpoint('1003', secret)}
${endpoint('1000', secret)}
; gets the re-INVITEs that send_rpid = no avoids
[1000-web](+)
send_rpid = yes
send_connected_line = yes
`,
  'extensions_more.conf': `
[web-dials-nothing]
[internal](+)
exten => _19XX,1,Dial(PJSIP/10\${EXTEN:2}-web,30,tTkKxX)
 same => n,Hangup()
`,
})

const endpoint = (extension: string, secret: string) => `
[${extension}-web](web)
auth = ${extension}-web
aors = ${extension}-web
callerid = "Web ${extension}" <${extension}>
[${extension}-web](creds)
username = ${extension}-web
password = ${secret}
[${extension}-web](place)
max_contacts = 3
remove_existing = no
`
