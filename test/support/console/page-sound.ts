/**
 * A script to run in a page before its own: it notes the page's connections, audio elements and log, so that a test can
 * measure what a person at this browser would notice.
 */
export const watchSound = `(() => {
  const connections = [], elements = []
  const Connection = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Connection {
    constructor(...args) { super(...args); connections.push(this) }
  }
  const Element = window.Audio
  window.Audio = function (...args) { const one = new Element(...args); elements.push(one); return one }
  // What SIP library would log if it were asked to.
  try { localStorage.debug = '*' } catch {}
  window.logged = []
  for (const name of ['log', 'info', 'warn', 'debug']) {
    console[name] = (...texts) => window.logged.push(texts.join(' '))
  }
  let context
  const meters = new Map()
  const meterOf = (track) => {
    context ??= new AudioContext()
    if (!meters.has(track)) {
      const analyser = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 })
      context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
      meters.set(track, analyser)
    }
    return meters.get(track)
  }
  const audible = () => elements.filter(({ srcObject, muted }) => srcObject !== null && !muted)
  window.sound = {
    /** How many calls sound in the speaker. */
    voices: () => audible().length,
    /** Decibels at a frequency, of all that sounds in the speaker. */
    level(hertz) {
      const levels = audible().map(({ srcObject }) => {
        const analyser = meterOf(srcObject.getAudioTracks()[0])
        const bins = new Float32Array(analyser.frequencyBinCount)
        analyser.getFloatFrequencyData(bins)
        return bins[Math.round((hertz * analyser.fftSize) / context.sampleRate)]
      })
      return Math.max(-200, ...levels)
    },
    /** Tracks of the microphone that are sent with sound. */
    sending: () => connections.filter(({ connectionState }) => connectionState !== 'closed')
      .flatMap((one) => one.getSenders()).filter(({ track }) => track?.enabled).length,
    /** Energy of all audio that was received so far. */
    async energy() {
      let sum = 0
      for (const one of connections) {
        for (const { type, totalAudioEnergy = 0 } of (await one.getStats()).values()) {
          if (type === 'inbound-rtp') sum += totalAudioEnergy
        }
      }
      return sum
    },
    /** What explains a silence. */
    async report() {
      const received = [], states = []
      for (const one of connections) {
        if (one.connectionState === 'closed') continue
        states.push([one.connectionState, one.iceConnectionState, ...(one.localDescription?.sdp.match(/candidate:.*/g) ?? []), ...(one.remoteDescription?.sdp.match(/candidate:.*/g) ?? [])])
        for (const { type, audioLevel, packetsReceived } of (await one.getStats()).values()) {
          if (type === 'inbound-rtp') received.push({ audioLevel, packetsReceived })
        }
      }
      const outputs = elements.map(({ muted, paused, srcObject }) => ({ muted, paused, used: srcObject !== null }))
      return JSON.stringify({ states, received, outputs, meter: context?.state })
    },
    connections,
  }
})()`
