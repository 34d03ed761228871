import { join } from 'node:path'

/** The most processes that may run Nchan beside one front. */
export const MAX_STREAM_INSTANCES = 16

/**
 * Where an instance of Nchan takes messages and cuts streams; the front passes streams on to another socket.
 * @param instance from 1
 */
export const publishSocket = (run: string, instance: number): string => join(run, `publish-${instance}.sock`)

/** The sockets of all instances of one node, the first instance first. */
export const publishSockets = (run: string, instances: number): string[] =>
  Array.from({ length: instances }, (_, at) => publishSocket(run, at + 1))
