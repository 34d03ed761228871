import { ringingId } from '../core/calls/call-id.ts'
import type { DialOrder } from '../core/calls/pbx.ts'
import { Refusal } from '../core/refusal.ts'
import type { AmiTransport } from './ami-client.ts'
import type { AmiFields } from './ami-codec.ts'
import { AmiError } from './ami-error.ts'
import { refusalOf } from './ami-error-to-refusal.ts'
import { callerIdOf, channelIdOf, endpointOf, numberOf, ringMsOf } from './validate-fields.ts'

export interface DialSettings {
  /** `PJSIP` */
  technology: string
  dialContext: string
  /** Where the dialplan rings all phones of an extension; undefined: the PBX rings one of them. */
  ringContext?: string | undefined
}

/** How many of the last calls are known for dialled. */
const REMEMBERED = 10_000

/**
 * Async, as else this AMI session waits for the phone; the ChannelId becomes Uniqueid and Linkedid.
 *
 * An endpoint by its name rings one contact of those that are registered, and which one is up to Asterisk. All of them
 * are rung by a Local channel, whose other half dials them in a context of the dialplan; both halves leave the call as
 * soon as it is answered.
 */
export const originateOf = (
  order: DialOrder,
  { technology, dialContext, ringContext }: DialSettings,
): AmiFields => ({
  Action: 'Originate',
  ...(ringContext === undefined
    ? { Channel: `${technology}/${endpointOf(order.endpoint)}` }
    : {
        Channel: `Local/${endpointOf(order.endpoint)}@${ringContext}`,
        OtherChannelId: channelIdOf(ringingId(order.callId)),
      }),
  Context: dialContext,
  Exten: numberOf(order.number),
  Priority: 1,
  Timeout: ringMsOf(order.ringMs),
  CallerID: callerIdOf(order.callerId),
  Async: true,
  ChannelId: channelIdOf(order.callId),
})

/** Sends each Originate once: a phone that rings twice is worse than one that does not. */
export function createOriginates(control: AmiTransport) {
  const sent = new Set<string>()

  /** @throws {Refusal} `conflict` for an id that was sent before */
  return async (callId: string, originate: AmiFields) => {
    if (sent.has(callId)) throw new Refusal('conflict', { detail: 'this call was dialled already' })
    remember(callId)
    try {
      await control.action(originate)
    } catch (err) {
      if (err instanceof AmiError && !err.sent) sent.delete(callId)
      throw refusalOf(err)
    }
  }

  function remember(callId: string) {
    const [oldest] = sent
    if (sent.size >= REMEMBERED && oldest !== undefined) sent.delete(oldest)
    sent.add(callId)
  }
}
