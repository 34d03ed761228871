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
