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

const HOST_CANDIDATE = /^a=candidate:(\S+) (\d+) udp (\d+) (\d+\.\d+\.\d+\.\d+|\S+\.local) (\d+) typ host/gim

/**
 * Adds 127.0.0.1 to an SDP with each host candidate's port. Chromium sends from loopback to a PBX there, but never
 * offers that address, and Asterisk drops DTLS from an address that was not offered.
 */
export function withLoopbackCandidate(sdp: string): string {
  if (/ 127\.0\.0\.1 \d+ typ host/.test(sdp)) return sdp
  return sdp.replace(
    HOST_CANDIDATE,
    (line, foundation: string, component: string, priority: string, _address, port: string) =>
      `a=candidate:1${foundation} ${component} udp ${Math.max(1, Number(priority) - 1)} 127.0.0.1 ${port} typ host\r\n${line}`,
  )
}

/** Whether a page of this host reaches its PBX by loopback. */
export const isLoopbackHost = (hostname: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
