import { join } from 'node:path'

/** The most instances of Nchan that may run beside one front. */
export const MAX_STREAM_INSTANCES = 16

/** The numbers of `count` instances: from 1. */
export const streamInstances = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1)

/** The socket on which an instance of Nchan accepts streams. */
export const subscribeSocket = (run: string, instance: number): string => join(run, `stream-${instance}.sock`)

/** The socket on which the relay of an instance accepts WebSocket handshakes: see `relay/`. */
export const relaySocket = (run: string, instance: number): string => join(run, `relay-${instance}.sock`)

/**
 * The socket on which an instance of Nchan publishes messages and cuts streams.
 * @param instance from 1
 */
export const publishSocket = (run: string, instance: number): string => join(run, `publish-${instance}.sock`)

/** The publish sockets of all instances of one node, the first instance first. */
export const publishSockets = (run: string, instances: number): string[] =>
  streamInstances(instances).map((instance) => publishSocket(run, instance))
