import { factsOf } from '../../../../api/asterisk/hearing.ts'
import { createSplitter } from '../../../../api/asterisk/splitter.ts'
import { type AmiMessage, decodeMessage } from '../../../../api/asterisk/wire.ts'
import type { Call } from '../../../../api/core/calls/call.ts'
import {
  type CallTable,
  type CallTableNeeds,
  createCallTable,
} from '../../../../api/core/calls/call-table.ts'
import type { Fact, PbxTime } from '../../../../api/core/calls/facts.ts'
import { messagesOf, recordings } from '../../../support/ami-recordings.ts'

export const VERSIONS = ['asterisk16', 'asterisk22'] as const
export type Version = (typeof VERSIONS)[number]

/** @param scene the number that its file begins with */
export function messagesIn(version: Version, scene: string): AmiMessage[] {
  const recording = recordings.find(({ name }) => name.startsWith(`${version}/${scene}-`))
  if (recording === undefined) throw new Error(`no scene ${scene}`)
  const splitter = createSplitter(4 * 1024 * 1024)
  // The last message of a scene may lack its end.
  const bytes = Buffer.concat([messagesOf(recording), Buffer.from('\r\n\r\n')])
  return splitter.push(bytes).flatMap((raw) => decodeMessage(raw) ?? [])
}

/** After every scene. */
export const MUCH_LATER: PbxTime = 1_999_999_999_000_000

export const factsIn = (messages: readonly AmiMessage[]): Fact[] =>
  messages.flatMap((message) => factsOf(message, 1_795_218_400_000_000))

/** A table whose phones are 101 to 106, whose clock stands still, and which tells only when flushed. */
export function newTable(changes: Partial<CallTableNeeds> = {}) {
  const clock = { ms: 1_000_000 }
  const told: Call[] = []
  const table = createCallTable({
    isOwnEndpoint: (endpoint) => /^10[1-6]$/.test(endpoint),
    now: () => clock.ms,
    keepEndedMs: 60_000,
    onTrouble: () => {},
    later: () => {},
    ...changes,
  })
  table.onChange((call) => told.push(call))
  return { table, clock, told }
}

/** What a table makes of facts, all in one burst. */
export function heard(facts: readonly Fact[]): CallTable {
  const { table } = newTable()
  for (const fact of facts) table.hear(fact)
  table.flush()
  return table
}
