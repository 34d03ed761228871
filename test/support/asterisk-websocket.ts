/** What a test's Asterisk needs to take browsers: text to append to a file, by its name. */
export const websocketConf = {
  'modules.conf': '\nload = res_pjsip_transport_websocket.so\n',
  'pjsip_more.conf': `
[transport-ws]
type = transport
protocol = ws
bind = 127.0.0.1
`,
}
