/** How long to collect ICE candidates after the first of a kind: a host candidate alone may be all there is. */
const AFTER_REFLEXIVE_MS = 300
const AFTER_HOST_MS = 1_000

/**
 * Decides when enough ICE candidates are known to send the SDP. Without it an unreachable STUN server or an unused
 * network delays each call by 10 to 40 s.
 * @returns what takes each candidate's type, and the function that sends the SDP
 */
export function createIceReadiness(): (type: string | null | undefined, ready: () => void) => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let due = Number.POSITIVE_INFINITY
  // Each offer or answer has a function of its own: a new one begins a new round.
  let current: (() => void) | undefined
  return (type, ready) => {
    if (ready !== current) {
      clearTimeout(timer)
      due = Number.POSITIVE_INFINITY
      current = ready
    }
    const delay = type === 'host' ? AFTER_HOST_MS : AFTER_REFLEXIVE_MS
    const at = Date.now() + delay
    if (at >= due) return
    due = at
    clearTimeout(timer)
    timer = setTimeout(ready, delay)
  }
}

/** Of RFC 5737: no packet gets anywhere, as ICE decides where media goes. */
const UNUSED_ADDRESS = '198.51.100.1'
/** Of RFC 863. A PBX that sends its checks to itself has no service there. */
const DISCARD_PORT = 9
/** The lowest of RFC 8445 §5.1.2: any pair that works comes first. */
const LOWEST_PRIORITY = 1

/**
 * Makes an SDP of a browser fit for a PBX that cannot resolve the browser's mDNS names (RFC 8828 §3.1).
 *
 * - The connection address 0.0.0.0, which stands there if all addresses are hidden, is a hold for a PBX (RFC 2543 §B.5):
 *   it would send silence. Another one replaces it.
 * - Checks to a name fail at once. If all have failed before the browser's own first check arrives, Asterisk takes ICE
 *   for ended and drops the browser's DTLS for good ("Source not in ICE active candidate list"). A candidate with a
 *   check that waits for its time-out replaces them, and Asterisk learns the true address from the browser's check.
 * @param pbxAddress an IPv4 address of the PBX's own, as a packet to it can always be sent
 */
export function withoutHiddenAddresses(sdp: string, pbxAddress = UNUSED_ADDRESS): string {
  if (!/^a=candidate:/m.test(sdp)) return sdp
  const address = addressIn(sdp) ?? UNUSED_ADDRESS
  const waiting = `a=candidate:hidden 1 udp ${LOWEST_PRIORITY} ${pbxAddress} ${DISCARD_PORT} typ host`
  let hidden = 0
  return sdp
    .replace(/^c=IN IP4 0\.0\.0\.0/gm, `c=IN IP4 ${address}`)
    .replace(/^a=candidate:\S+ \d+ udp \d+ \S+\.local .*\r?\n/gim, (line) =>
      hidden++ === 0 ? waiting + /\r?\n/.exec(line)?.[0] : '',
    )
}

/** The first IPv4 address among the candidates of an SDP. */
export const addressIn = (sdp: string): string | undefined =>
  /^a=candidate:\S+ \d+ udp \d+ (\d+\.\d+\.\d+\.\d+) /im.exec(sdp)?.[1]

/**
 * Makes the PBX begin the DTLS handshake (RFC 5763 §5). A browser would begin as soon as its own ICE check has succeeded,
 * Asterisk drops what comes before its own, and the browser repeats it 250 ms later: so much sooner the other end is audible.
 * @param offer an SDP of the PBX
 */
export const withPbxAsDtlsClient = (offer: string): string =>
  offer.replace(/^a=setup:actpass/gm, 'a=setup:active')
