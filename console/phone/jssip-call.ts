import { C } from 'jssip'
import type { EndEvent, RTCSession } from 'jssip/lib/RTCSession.js'
import type { IncomingRTCSessionEvent } from 'jssip/lib/UA.js'
import { endReason } from './end-reason.ts'
import { addressIn, createIceReadiness, withoutHiddenAddresses, withPbxAsDtlsClient } from './ice.ts'
import type { Microphone, MicrophoneLease } from './microphone.ts'
import { type CallError, type IceServer, PhoneError } from './phone-types.ts'
import { type MediaTotals, readQuality } from './quality.ts'
import type { SipCall, SipCallEvents } from './sip-line.ts'
import type { Speaker } from './speaker.ts'

export interface JssipCallNeeds {
  microphone: Microphone
  speaker: Speaker
  iceServers(): readonly IceServer[]
  /** Every candidate but those of TURN is left out. */
  relayOnly?: boolean | undefined
}

/** How long a re-INVITE may take, and the one before it. */
const REOFFER_MS = 10_000
const READY_POLL_MS = 50
/** How long a browser may find no address at all: on a machine with loopback alone, Chromium searches for ever. */
const NO_CANDIDATE_MS = 8_000

/** An incoming call of JsSIP. */
export function createJssipCall(
  session: RTCSession,
  request: IncomingRTCSessionEvent['request'],
  { microphone, speaker, iceServers, relayOnly = false }: JssipCallNeeds,
): SipCall {
  const output = speaker.open()
  const onCandidate = createIceReadiness()
  let events: SipCallEvents | undefined
  let ended: { error: CallError | undefined } | undefined
  let rejectAct: (err: PhoneError) => void = () => {}
  let totals: MediaTotals | undefined
  let lease: MicrophoneLease | undefined
  let mayAnswer = true
  let noNetworkTimer: ReturnType<typeof setTimeout> | undefined
  let ownError: CallError | undefined
  /** Rejected when the call ends. */
  const end = new Promise<never>((_, reject) => {
    rejectAct = reject
  })
  end.catch(() => {})

  const onEnd = ({ cause, originator, message }: EndEvent) => {
    if (ended !== undefined) return
    // The type promises a message; JsSIP gives null where none came.
    const reason = (message as typeof message | null)?.getHeader('Reason')
    ended = { error: ownError ?? endReason(cause, originator, reason) }
    clearTimeout(noNetworkTimer)
    output.close()
    lease?.release()
    rejectAct(new PhoneError(ended.error ?? 'wrong_state'))
    events?.onEnded(ended.error)
  }
  session.on('ended', onEnd)
  session.on('failed', onEnd)
  const failWithoutNetwork = () => {
    if (session.isEnded()) return
    ownError = 'no_network'
    session.terminate({ status_code: 488 })
  }
  session.on('icecandidate', ({ candidate, ready }) => {
    clearTimeout(noNetworkTimer)
    onCandidate(candidate.type, ready)
  })
  let pbxAddress: string | undefined
  session.on('sdp', (description) => {
    const { originator, type, sdp } = description
    if (originator !== 'local') {
      pbxAddress = addressIn(sdp) ?? pbxAddress
      description.sdp = withPbxAsDtlsClient(sdp)
      return
    }
    // Without an address of ours there would be a call without sound.
    if (type === 'answer' && !/^a=candidate:/m.test(sdp)) failWithoutNetwork()
    description.sdp = withoutHiddenAddresses(sdp, pbxAddress)
  })
  session.on('peerconnection', ({ peerconnection }) => {
    peerconnection.addEventListener('track', ({ track: remote }) => output.play(remote))
    peerconnection.addEventListener('connectionstatechange', () => {
      const { connectionState } = peerconnection
      if (connectionState === 'failed') events?.onMedia(false)
      else if (connectionState === 'connected') events?.onMedia(true)
    })
  })
  for (const [event, held] of [
    ['hold', true],
    ['unhold', false],
  ] as const) {
    session.on(event, ({ originator }) => {
      // Also after an own hold: JsSIP has just set the track as it thinks fit.
      events?.onRemoteHold(originator === 'remote' ? held : session.isOnHold().remote)
    })
  }
  const sender = () => session.connection?.getSenders().find((one) => one.track?.kind === 'audio')

  /** @param offer sends a re-INVITE, or returns false while another is in progress */
  async function reoffer(offer: (done: () => void) => boolean): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new PhoneError('timeout')), REOFFER_MS)
    })
    const deadline = Date.now() + REOFFER_MS
    const attempt = async () => {
      let done: () => void = () => {}
      const finished = new Promise<void>((resolve) => {
        done = resolve
      })
      while (!offer(done)) {
        if (ended !== undefined || Date.now() > deadline) return
        await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS))
      }
      await finished
    }
    try {
      await Promise.race([attempt(), end, late])
    } finally {
      clearTimeout(timer)
    }
  }

  const header = request.getHeader('X-Hookswitch-Call') as string | undefined
  const { uri, display_name: name } = session.remote_identity
  return {
    apiCallId: header === undefined || header === '' ? undefined : header,
    peer: { number: uri.user ?? '', name: name ?? '' },
    listen(listeners) {
      events = listeners
      if (ended !== undefined) listeners.onEnded(ended.error)
    },
    async answer() {
      if (!mayAnswer) throw new PhoneError('wrong_state')
      mayAnswer = false
      lease = await microphone.acquire(async (next) => sender()?.replaceTrack(next))
      if (ended !== undefined) {
        lease.release()
        throw new PhoneError(ended.error ?? 'wrong_state')
      }
      // Silent until the phone gives this call the voice.
      lease.track.enabled = false
      const confirmed = new Promise<void>((resolve) => session.on('confirmed', () => resolve()))
      noNetworkTimer = setTimeout(failWithoutNetwork, NO_CANDIDATE_MS)
      session.answer({
        mediaStream: new MediaStream([lease.track]),
        pcConfig: {
          iceServers: iceServers().map((server) => ({ ...server })),
          ...(relayOnly ? { iceTransportPolicy: 'relay' as const } : {}),
        },
      })
      await Promise.race([confirmed, end])
    },
    reject(status) {
      if (!session.isEnded()) session.terminate({ status_code: status })
    },
    terminate() {
      if (!session.isEnded()) session.terminate()
    },
    async hold() {
      if (session.isOnHold().local) return
      await reoffer((done) => session.hold({}, done))
    },
    async unhold() {
      if (!session.isOnHold().local) return
      await reoffer((done) => session.unhold({}, done))
    },
    restartMedia: () =>
      reoffer((done) => {
        // JsSIP would take the candidates of the old network for those of the new one.
        Object.assign(session, { _iceReady: false })
        return session.renegotiate({ rtcOfferConstraints: { iceRestart: true } }, done)
      }),
    setVoice({ send, receive }) {
      // The sender's own track: the microphone may have been exchanged.
      const own = sender()?.track
      if (own != null) own.enabled = send
      output.setMuted(!receive)
    },
    sendDtmf(digits) {
      session.sendDTMF(digits, { transportType: C.DTMF_TRANSPORT.RFC2833, duration: 120, interToneGap: 80 })
    },
    async quality() {
      const report = await session.connection?.getStats()
      if (report === undefined) return undefined
      const entries: unknown[] = []
      report.forEach((entry: unknown) => void entries.push(entry))
      const read = readQuality(entries, totals)
      totals = read?.totals
      return read?.quality
    },
  }
}
