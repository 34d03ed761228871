import type { Call } from './call.ts'
import { isLive, type Participation } from './participation.ts'

/** Any channel may carry the recording, also one that belongs to no phone. */
export function recordingOf(all: readonly Participation[]): Call['recording'] {
  const states = all.filter(isLive).map(({ channel }) => channel.attributes.recording)
  return states.includes('on') ? 'on' : states.includes('paused') ? 'paused' : 'off'
}

/** In order of their start. A channel may have several files, or files that the PBX did not name. */
export function recordingsOf(all: readonly Participation[]): Call['recordings'] {
  const recorded = all.flatMap(({ channel, leftAt }) => {
    const { id, attributes, recordingStartedAt, recordingFiles } = channel
    if (recordingStartedAt === undefined) return []
    const state = leftAt === undefined ? (attributes.recording ?? 'off') : 'off'
    const named: [string | undefined, number][] =
      recordingFiles.size > 0 ? [...recordingFiles] : [[undefined, recordingStartedAt]]
    return named.map(([file, at]) => ({ at, recording: { channelId: id, file, state } }))
  })
  const nameOf = ({ recording: { channelId, file = '' } }: (typeof recorded)[number]) =>
    `${channelId} ${file}`
  return recorded
    .sort((a, b) => a.at - b.at || (nameOf(a) < nameOf(b) ? -1 : 1))
    .map(({ recording }) => recording)
}
