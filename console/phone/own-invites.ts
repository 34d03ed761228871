import type { SipCall } from './sip-line.ts'

/** How long an INVITE with an id waits for the API's answers before it rings. */
const UNDECIDED_MS = 2_000
/** How long an INVITE may follow the API's answer: no PBX rings a page for longer before it gives the call up. */
const EXPECTED_MS = 120_000

/**
 * Finds the INVITE of each call that this page asked for: the one with an `X-Hookswitch-Call` that is the id of the API's
 * answer. Either may come first. Any other INVITE rings.
 */
export interface OwnInvites {
  /** The page asks the API for a call now. */
  begin(): OwnInvite
  receive(call: SipCall): void
}

export interface OwnInvite {
  /** The API's answer. @param take gets the INVITE, once, if it comes within two minutes */
  accept(id: string, take: (call: SipCall) => void): void
  /** The API refused. */
  refuse(): void
}

/**
 * @param ring gets an INVITE that is not the page's own, or not yet known to be
 * @param reclaim finds an INVITE that rings although it turns out to be the page's own, and takes it from there
 */
export function createOwnInvites(
  ring: (call: SipCall) => void,
  reclaim: (id: string) => SipCall | undefined,
): OwnInvites {
  let asking = 0
  let undecided: SipCall[] = []
  const expected = new Map<string, (call: SipCall) => void>()
  const settle = () => {
    asking -= 1
    if (asking > 0) return
    const strangers = undecided
    undecided = []
    for (const call of strangers) ring(call)
  }
  const expect = (id: string, take: (call: SipCall) => void) => {
    expected.set(id, take)
    setTimeout(() => expected.delete(id), EXPECTED_MS)
  }
  const ringLater = (call: SipCall) => {
    undecided.push(call)
    setTimeout(() => {
      if (!undecided.includes(call)) return
      undecided = undecided.filter((one) => one !== call)
      ring(call)
    }, UNDECIDED_MS)
  }
  return {
    begin() {
      asking += 1
      return {
        accept(id, take) {
          const waiting = undecided.find(({ apiCallId }) => apiCallId === id)
          undecided = undecided.filter((one) => one !== waiting)
          const call = waiting ?? reclaim(id)
          if (call === undefined) expect(id, take)
          else take(call)
          settle()
        },
        refuse: settle,
      }
    },
    receive(call) {
      const id = call.apiCallId
      const take = id === undefined ? undefined : expected.get(id)
      if (id !== undefined && take !== undefined) {
        expected.delete(id)
        take(call)
      } else if (id !== undefined && asking > 0) ringLater(call)
      else ring(call)
    },
  }
}
