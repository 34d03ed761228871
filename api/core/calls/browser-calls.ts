import type { CallTracker } from './call-tracker.ts'
import { liveLegs } from './leg-selection.ts'
import type { Pbx } from './pbx.ts'

/** Ends calls at browsers at the PBX itself, whatever those browsers have sent. */
export interface BrowserCalls {
  /** Whether any of the endpoint's channels is in a call or rings. */
  hasAny(endpoint: string): boolean
  /**
   * Hangs up the endpoint's channels.
   * @param isSpared by the Call-ID of the channel's SIP dialog; not called where the PBX does not report it
   * @throws {Refusal} `unavailable`, `unconfirmed`: some may still be up
   */
  end(endpoint: string, isSpared: (sipCallId: string) => boolean): Promise<void>
}

export interface BrowserCallsNeeds {
  tracker: Pick<CallTracker, 'ofEndpoints'>
  pbx: Pick<Pbx, 'hangup' | 'sipCallIdOf'>
}

export function createBrowserCalls({ tracker, pbx }: BrowserCallsNeeds): BrowserCalls {
  return {
    hasAny: (endpoint) => tracker.ofEndpoints([endpoint]).length > 0,
    async end(endpoint, isSpared) {
      const legs = tracker.ofEndpoints([endpoint]).flatMap(liveLegs)
      const own = new Set(legs.filter((leg) => leg.endpoint === endpoint).map((leg) => leg.channelId))
      await Promise.all(
        [...own].map(async (channelId) => {
          const sipCallId = await pbx.sipCallIdOf(channelId)
          if (sipCallId === undefined || !isSpared(sipCallId)) await pbx.hangup(channelId, 'normal')
        }),
      )
    },
  }
}
