/** An entry of a Redis stream: its id (`<ms>-<seq>`), then names and values in turn. */
export type StreamEntry = [id: string, fields: string[]]

/** One reply of a pipeline, as ioredis returns it. */
export type PipelineReply = [error: Error | null, result: unknown]

/** @returns the result of a reply. @throws its error */
export function resultOf(reply: PipelineReply | undefined): unknown {
  if (reply === undefined) throw new Error('a reply is missing')
  if (reply[0] !== null) throw reply[0]
  return reply[1]
}

/**
 * The last id that a stream has generated, from the reply of XINFO STREAM; `0-0` for a stream without an entry so far.
 * @throws the reply's error
 */
export function lastIdOf(reply: PipelineReply | undefined): string {
  if (reply?.[0] && /no such key/i.test(reply[0].message)) return '0-0'
  const info = resultOf(reply)
  if (!Array.isArray(info)) return '0-0'
  return String(new Map(pairsOf(info)).get('last-generated-id') ?? '0-0')
}

/** Whether stream id `a` comes before `b`. */
export function isBefore(a: string, b: string): boolean {
  const [aMs = 0, aSeq = 0] = a.split('-').map(Number)
  const [bMs = 0, bSeq = 0] = b.split('-').map(Number)
  return aMs < bMs || (aMs === bMs && aSeq < bSeq)
}

/** Names and values in turn, as pairs. */
export function pairsOf(flat: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = []
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([String(flat[at]), String(flat[at + 1])])
  return pairs
}
