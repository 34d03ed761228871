import { evictOldest } from '../../runtime/evict-oldest.ts'
import { localPeerId } from '../core/calls/call-id.ts'
import type { OriginateRequest } from '../core/calls/pbx.ts'
import { Refusal } from '../core/refusal.ts'
import type { AmiClient } from './ami-client.ts'
import type { AmiAction } from './ami-codec.ts'
import { AmiError } from './ami-error.ts'
import { toRefusal } from './ami-error-to-refusal.ts'
import {
  formatCallerId,
  requireChannelId,
  requireEndpoint,
  requireNumber,
  requireRingMs,
} from './validate-fields.ts'

/** The SIP header that ties an INVITE to the call of the API, for browsers. */
const CALL_ID_HEADER = 'X-Hookswitch-Call'

export interface OriginateSettings {
  /** `PJSIP` */
  technology: string
  dialContext: string
  /** The dialplan context that rings all phones of an extension; undefined: the PBX rings one of them. */
  ringContext?: string | undefined
}

/** How many ids of placed calls are remembered. */
const MAX_REMEMBERED_IDS = 10_000

/**
 * Builds an Originate. It is asynchronous, as this AMI session would otherwise wait for the phone; the
 * ChannelId becomes Uniqueid and Linkedid.
 *
 * An endpoint given by its name rings one of its registered contacts, which Asterisk chooses. A Local channel
 * rings all of them: its other half dials them in a context of the dialplan. Both halves leave the call as
 * soon as it is answered.
 */
export const toOriginateAction = (order: OriginateRequest, settings: OriginateSettings): AmiAction => ({
  ...ringOwnPhone(order, order.callId, settings),
  Context: settings.dialContext,
  Exten: requireNumber(order.number),
  Priority: 1,
})

/** An Originate without what follows the answer. @param id of the new channel */
export const ringOwnPhone = (
  order: Omit<OriginateRequest, 'callId' | 'number'>,
  id: string,
  { technology, ringContext }: OriginateSettings,
): AmiAction => ({
  Action: 'Originate',
  ...(ringContext === undefined
    ? { Channel: `${technology}/${requireEndpoint(order.endpoint)}` }
    : {
        Channel: `Local/${requireEndpoint(order.endpoint)}@${ringContext}`,
        OtherChannelId: requireChannelId(localPeerId(id)),
      }),
  // A context that rings all phones adds it itself: it has to run at the phone's channel.
  ...(ringContext === undefined && order.isBrowser
    ? { Variable: `PJSIP_HEADER(add,${CALL_ID_HEADER})=${requireChannelId(id)}` }
    : {}),
  Timeout: requireRingMs(order.ringMs),
  CallerID: formatCallerId(order.callerId),
  Async: true,
  ChannelId: requireChannelId(id),
})

/** Sends each Originate once: a phone that rings twice is worse than one that does not ring. */
export function createOriginateOnce(control: AmiClient) {
  const sent = new Set<string>()

  /** @throws {Refusal} `conflict` for an id that was sent before */
  return async (callId: string, originate: AmiAction) => {
    if (sent.has(callId)) throw new Refusal('conflict', { detail: 'this call was dialled already' })
    sent.add(callId)
    evictOldest(sent, MAX_REMEMBERED_IDS)
    try {
      await control.action(originate)
    } catch (err) {
      if (err instanceof AmiError && !err.sent) sent.delete(callId)
      throw toRefusal(err)
    }
  }
}
