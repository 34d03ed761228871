import type { Logger } from '../../runtime/log.ts'
import { createAsterisk, type PbxSnapshot } from '../asterisk/asterisk.ts'
import { toPbxEvents } from '../asterisk/event-mapper.ts'
import type { PbxConfig } from '../config/pbx.ts'
import type { PbxEvent } from '../core/calls/pbx-events.ts'
import { createAmiClientFactory } from './ami-client-factory.ts'

/** The channel driver of the phones' endpoints; Asterisk has no chan_sip any more. */
export const CHANNEL_TECHNOLOGY = 'PJSIP'

export interface AsteriskNeeds {
  config: PbxConfig
  /** Whether recordings are named by the file names that the PBX reports. */
  needsFileNames: boolean
  onEvent(event: PbxEvent): void
  onSnapshot(snapshot: PbxSnapshot): void
  newId(): string
  now(): number
  log: Logger
}

/** @returns Asterisk with both of its AMI connections, which are not open yet */
export function openAsterisk({
  config,
  needsFileNames,
  onEvent,
  onSnapshot,
  newId,
  now,
  log,
}: AsteriskNeeds) {
  const { events, control, ...settings } = config
  const { dialContext, transferContext, parkingLot, ringContext, recordingFolder } = settings
  const createClient = createAmiClientFactory(settings, log)
  return createAsterisk({
    events: createClient(events, 'system,call,cdr,agent', true),
    control: createClient(control, 'call', false),
    toPbxEvents,
    onEvent,
    onSnapshot(snapshot) {
      onSnapshot(snapshot)
      const { pbxEpoch, channels } = snapshot
      log.info({ event: 'pbx_snapshot', epoch: pbxEpoch, channels: channels.size }, 'the PBX was read')
    },
    onOffline: () => log.warn({ event: 'pbx_offline' }, 'the PBX is offline'),
    settings: {
      technology: CHANNEL_TECHNOLOGY,
      parkTimeoutMs: 45_000,
      ...{ dialContext, transferContext, parkingLot, ringContext, recordingFolder },
      needsFileNames,
    },
    newEpoch: newId,
    now,
    onError: (event, message, err) => log.warn({ event, err }, message),
  })
}
