import { createJssipLine } from './jssip-line.ts'
import { createMicrophone } from './microphone.ts'
import { createPhoneCore } from './phone-core.ts'
import type { BlockedReason, Phone, PhoneCredentials, PhoneDevices, SupervisedCall } from './phone-types.ts'
import { createRinger } from './ringer.ts'
import { createSpeaker } from './speaker.ts'

export interface PhoneOptions {
  /**
   * `POST /api/v1/phone/credentials`. Rejects with an error that has the problem's `code`, or the code `session_ended`
   * where the session is over.
   */
  credentials(): Promise<PhoneCredentials>
  /**
   * A stream ticket, which opens one socket. Gets another token first where the last one is refused, and rejects with
   * the code `session_ended` where there is none.
   * @param signal aborted when the ticket is no longer wanted
   */
  ticket(signal: AbortSignal): Promise<string>
  /** `POST /api/v1/calls {number, device: "browser"}`. */
  api: { dial(number: string, supervised?: SupervisedCall): Promise<{ id: string }> }
  devices?: PhoneDevices
  /** Media by TURN alone: for networks that forbid everything else, and for tests. */
  relayOnly?: boolean
}

/** A phone in this page. Import this file lazily: it brings the SIP library. */
export function createPhone({ credentials, ticket, api, devices = {}, relayOnly }: PhoneOptions): Phone {
  const microphone = createMicrophone(devices.microphone)
  const speaker = createSpeaker(devices.speaker)
  const ringer = createRinger(devices.ringer, (blocked) => core.setSoundBlocked(blocked))
  const line = createJssipLine({
    credentials,
    ticket,
    media: { microphone, speaker, relayOnly },
  })
  const core = createPhoneCore({
    line,
    api,
    prepareMicrophone: microphone.prepare,
    async setDevices(next) {
      await Promise.all([
        microphone.setDevice(next.microphone),
        speaker.setDevice(next.speaker),
        ringer.setDevice(next.ringer),
      ])
    },
    ringer,
    blocked: whyBlocked(),
  })

  let leaving: AbortController | undefined
  const watchPage = () => {
    leaving?.abort()
    leaving = new AbortController()
    const { signal } = leaving
    addEventListener('online', () => line.check(), { signal })
    document.addEventListener(
      'visibilitychange',
      () => {
        if (document.visibilityState === 'visible') line.check()
      },
      { signal },
    )
    // Else the other end would stay in the call alone. Some browsers put the page away whole and show it again later.
    addEventListener('pagehide', () => void core.stop(), { signal })
    addEventListener(
      'pageshow',
      ({ persisted }) => {
        if (persisted) void core.start()
      },
      { signal },
    )
    addEventListener(
      'beforeunload',
      (event) => {
        // A reload ends the calls.
        if (
          core
            .getSnapshot()
            .calls.some(({ startedAt, state }) => startedAt !== undefined && state !== 'ended')
        ) {
          event.preventDefault()
        }
      },
      { signal },
    )
  }
  return {
    ...core,
    async start() {
      watchPage()
      await core.start()
    },
    async stop() {
      leaving?.abort()
      await core.stop()
      ringer.close()
    },
  }
}

/** `mediaDevices` is undefined in an insecure context, and a browser without WebRTC has no phone. */
function whyBlocked(): BlockedReason | undefined {
  if (!isSecureContext) return 'insecure_context'
  if (typeof RTCPeerConnection === 'undefined') return 'not_supported'
  return undefined
}
