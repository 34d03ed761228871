/** How an instance of Nchan answered a DELETE of a channel: it had subscribers, had none, or gave no valid response. */
export type CutResult = 'cut' | 'no_subscribers' | 'unreachable'

/** @param status undefined when there was no response */
export const cutResultOf = (status: number | undefined): CutResult =>
  status === 200 ? 'cut' : status === 404 ? 'no_subscribers' : 'unreachable'

/** Why a stream was cut: its session or token has ended, or newer streams of the same account took its place. */
const STREAM_END_REASONS = ['signed_out', 'replaced'] as const
export type StreamEndReason = (typeof STREAM_END_REASONS)[number]

export const isStreamEndReason = (text: string): text is StreamEndReason =>
  STREAM_END_REASONS.some((reason) => reason === text)
