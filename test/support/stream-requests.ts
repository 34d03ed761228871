import type { RawHeaders } from './raw-http.ts'

const past = '1600000000:0'

/** How a client names the last message it received: headers, or a query. */
export const MESSAGE_IDS: [title: string, headers: RawHeaders, query?: string][] = [
  ['Last-Event-ID of the past', [['Last-Event-ID', past]]],
  ['Last-Event-ID of several channels', [['Last-Event-ID', '1600000000:[0],-,-']]],
  ['Last-Event-ID of huge numbers', [['Last-Event-ID', `1600000000:${'9'.repeat(20)}`]]],
  ['Last-Event-ID of -1', [['Last-Event-ID', '-1:-1']]],
  ['Last-Event-ID of nonsense', [['Last-Event-ID', '%00:[[[']]],
  [
    'Last-Event-ID twice',
    [
      ['Last-Event-ID', ''],
      ['Last-Event-ID', past],
    ],
  ],
  ['an id in the query', [], `?last_event_id=${past}`],
  ['half an id in the query', [], '?last_event_id=1:'],
  ['If-None-Match', [['If-None-Match', '-1']]],
  ['If-Modified-Since', [['If-Modified-Since', 'Mon, 01 Jan 2018 00:00:00 GMT']]],
  [
    'both',
    [
      ['If-None-Match', '-1'],
      ['If-Modified-Since', 'Mon, 01 Jan 2018 00:00:00 GMT'],
    ],
  ],
  [
    'both, first empty',
    [
      ['If-None-Match', ''],
      ['If-None-Match', '-1'],
      ['If-Modified-Since', ''],
      ['If-Modified-Since', 'Mon, 01 Jan 2018 00:00:00 GMT'],
    ],
  ],
  ['If-None-Match, empty', [['If-None-Match', '']]],
]

/** A whole WebSocket handshake. */
export const HANDSHAKE = [
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['Sec-WebSocket-Version', '13'],
] as const

/** Messages of a client over a WebSocket that expects none. */
export const FRAMES: [title: string, bytes: Buffer][] = [
  ['a message', Buffer.from([0x81, 0x85, 0, 0, 0, 0, ...Buffer.from('hello')])],
  ['a message without a mask', Buffer.from([0x81, 0x05, ...Buffer.from('hello')])],
  ['a message of 2^63 bytes', Buffer.from([0x82, 0xff, 0x7f, ...Array(7).fill(0xff), 0, 0, 0, 0, 1, 2, 3])],
  [
    'a message of 70 kB',
    Buffer.concat([
      Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0x11, 0x70, 0, 0, 0, 0]),
      Buffer.alloc(70_000),
    ]),
  ],
  ['a long ping', Buffer.from([0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0, ...Array(256).fill(65)])],
  ['half a close', Buffer.from([0x88, 0x81, 0, 0, 0, 0, 3])],
  ['reserved bits and an unknown kind', Buffer.from([0xff, 0x80, 0, 0, 0, 0])],
  ['10 000 pings', Buffer.alloc(60_000, Buffer.from([0x89, 0x80, 1, 2, 3, 4]))],
  ['no frame at all', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
]
