export const ID = 'a1'.repeat(16)
export const OTHER_ID = 'b2'.repeat(16)
/** Of the stream that is open when a test begins. */
export const CONN = 'c3'.repeat(16)

/** A gate request as nginx sends it, with additional header lines. */
export function gateRequest(target = '/check-media-access', lines: readonly string[] = []): string {
  const own = ['Host: gate', 'Authorization: good', `X-Hs-Request-Id: ${ID}`, 'X-Hs-Target: GET 1001/a.wav']
  return `GET ${target} HTTP/1.1\r\n${[...own, ...lines].join('\r\n')}\r\n\r\n`
}
/** Nchan's request that the stream CONN has closed. */
export const closing = `GET /stream-closed HTTP/1.1\r\nHost: gate\r\nX-Hs-Request-Id: ${CONN}\r\nX-Hs-Instance: 1\r\n\r\n`

/** Each is a valid gate request but for one defect. */
export const INVALID_GATE_REQUESTS: readonly (readonly [title: string, bytes: string])[] = [
  ['by POST', gateRequest().replace('GET ', 'POST ')],
  [
    'by POST with a body',
    `${gateRequest('/check-media-access', ['Content-Length: 5']).replace('GET ', 'POST ')}hello`,
  ],
  ['by HEAD', gateRequest().replace('GET ', 'HEAD ')],
  ['by DELETE', gateRequest().replace('GET ', 'DELETE ')],
  ['of HTTP/1.0', gateRequest().replace('HTTP/1.1', 'HTTP/1.0')],
  ['with an unknown header', gateRequest('/check-media-access', ['X-Hs-Conn: 1'])],
  ['with a cookie', gateRequest('/check-media-access', ['Cookie: a=1'])],
  ...['Host: gate', 'Authorization: good', `X-Hs-Request-Id: ${ID}`, 'X-Hs-Target: GET 1001/a.wav'].map(
    (line) => [`with ${line.split(':')[0]} twice`, gateRequest('/check-media-access', [line])] as const,
  ),
  ['with X-Hs-Query twice', gateRequest('/check-media-access', ['X-Hs-Query: a', 'X-Hs-Query: a'])],
  [
    'with X-Hs-Instance twice',
    gateRequest('/check-channel-access', ['X-Hs-Instance: 1', 'X-Hs-Instance: 1']),
  ],
  ...['Host', 'Authorization', 'X-Hs-Request-Id', 'X-Hs-Target'].flatMap((name) => [
    [`with ${name} in lower case`, gateRequest().replace(name, name.toLowerCase())] as const,
    [`with ${name} in upper case`, gateRequest().replace(name, name.toUpperCase())] as const,
  ]),
  ['without Host', gateRequest().replace('Host: gate\r\n', '')],
  ['with Content-Length: 0', gateRequest('/check-media-access', ['Content-Length: 0'])],
  ['with Content-Length: 5 and a body', `${gateRequest('/check-media-access', ['Content-Length: 5'])}hello`],
  ['with Content-Length: 5 and no body', gateRequest('/check-media-access', ['Content-Length: 5'])],
  ['with a chunked body', `${gateRequest('/check-media-access', ['Transfer-Encoding: chunked'])}0\r\n\r\n`],
  ['with a chunked body to come', gateRequest('/check-media-access', ['Transfer-Encoding: chunked'])],
  ['with Expect: 100-continue', gateRequest('/check-media-access', ['Expect: 100-continue'])],
  ['with Expect: 200-ok', gateRequest('/check-media-access', ['Expect: 200-ok'])],
  ['with Upgrade', gateRequest('/check-media-access', ['Upgrade: websocket'])],
  [
    'with Upgrade and Connection',
    gateRequest('/check-media-access', ['Connection: upgrade', 'Upgrade: h2c']),
  ],
  ['with Connection: keep-alive', gateRequest('/check-media-access', ['Connection: keep-alive'])],
  ['with Connection: close', gateRequest('/check-media-access', ['Connection: close'])],
  ['with Keep-Alive', gateRequest('/check-media-access', ['Keep-Alive: timeout=5'])],
  ['with TE', gateRequest('/check-media-access', ['TE: trailers'])],
  ['without a request id', gateRequest().replace(`X-Hs-Request-Id: ${ID}\r\n`, '')],
  ['with an empty request id', gateRequest().replace(ID, '')],
  ['with a request id in upper case', gateRequest().replace(ID, ID.toUpperCase())],
  ['with a request id of 31 characters', gateRequest().replace(ID, ID.slice(1))],
  ['with a request id of 33 characters', gateRequest().replace(ID, `${ID}0`)],
  ['with two request ids in one line', gateRequest().replace(ID, `${ID}, ${ID}`)],
  ['with a request id of other letters', gateRequest().replace(ID, 'g'.repeat(32))],
  ['that is no HTTP', 'hello\r\n\r\n'],
  ...['/check-channel-access', '/stream-opened', '/stream-closed'].flatMap((target) => [
    [`by POST for ${target}`, gateRequest(target).replace('GET ', 'POST ').replace(ID, CONN)] as const,
    [
      `with a body for ${target}`,
      `${gateRequest(target, ['Content-Length: 5']).replace(ID, CONN)}hello`,
    ] as const,
  ]),
  ['of a health check with a body', 'GET /health HTTP/1.1\r\nHost: gate\r\nContent-Length: 5\r\n\r\nhello'],
  ['of a health check with an empty body', 'GET /health HTTP/1.1\r\nHost: gate\r\nContent-Length: 0\r\n\r\n'],
  [
    'of a health check, chunked',
    'GET /health HTTP/1.1\r\nHost: gate\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['of a health check with Expect', 'GET /health HTTP/1.1\r\nHost: gate\r\nExpect: 100-continue\r\n\r\n'],
  ['of a health check with Upgrade', 'GET /health HTTP/1.1\r\nHost: gate\r\nUpgrade: h2c\r\n\r\n'],
  ['of a health check without Host', 'GET /health HTTP/1.1\r\n\r\n'],
]
