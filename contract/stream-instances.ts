import { join } from 'node:path'

/** The most processes that may run Nchan beside one front. */
export const MAX_STREAM_INSTANCES = 16

/** The numbers of so many instances: from 1. */
export const streamInstances = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1)

/** Where an instance of Nchan takes streams. */
export const subscribeSocket = (run: string, instance: number): string => join(run, `stream-${instance}.sock`)

/** Where the relay of an instance takes WebSocket handshakes: see `relay/`. */
export const relaySocket = (run: string, instance: number): string => join(run, `relay-${instance}.sock`)

/**
 * Where an instance of Nchan takes messages and cuts streams; the front passes streams on to another socket.
 * @param instance from 1
 */
export const publishSocket = (run: string, instance: number): string => join(run, `publish-${instance}.sock`)

/** The sockets of all instances of one node, the first instance first. */
export const publishSockets = (run: string, instances: number): string[] =>
  streamInstances(instances).map((instance) => publishSocket(run, instance))

/** What an instance answers to a DELETE: the channel had subscribers, had none, or the instance did not answer. */
export type CutResult = 'cut' | 'no_subscribers' | 'unreachable'

/** @param status undefined where none came */
export const cutResultOf = (status: number | undefined): CutResult =>
  status === 200 ? 'cut' : status === 404 ? 'no_subscribers' : 'unreachable'

/** How long a sidecar may be silent before the API cuts its streams, in ms. */
export const SIDECAR_TIMEOUT_MS = 2_000

/** Where a sidecar stores the name of the shared channel (`cohort/<name>`) of the streams it let in. */
export const cohortFileOf = (sidecarSocket: string): string => `${sidecarSocket}.cohort`

/** Whether a text is the name of such a channel. */
export const isCohortId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text)

/** Why a stream was cut: its session or token is over, or newer streams of the same account took its place. */
const STREAM_END_REASONS = ['signed_out', 'replaced'] as const
export type StreamEndReason = (typeof STREAM_END_REASONS)[number]

export const isStreamEndReason = (text: string): text is StreamEndReason =>
  STREAM_END_REASONS.some((reason) => reason === text)
