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

/**
 * Replaces the connection address 0.0.0.0 of an SDP that has candidates. A browser writes it where it hides its own
 * addresses behind names of mDNS, and a PBX takes it for a hold (RFC 2543 §B.5): it would send silence.
 */
export function withConnectionAddress(sdp: string): string {
  if (!/^a=candidate:/m.test(sdp)) return sdp
  const address = /^a=candidate:\S+ \d+ udp \d+ (\d+\.\d+\.\d+\.\d+) /im.exec(sdp)?.[1] ?? UNUSED_ADDRESS
  return sdp.replace(/^c=IN IP4 0\.0\.0\.0/gm, `c=IN IP4 ${address}`)
}
