import { ABROAD_IS_OFF, type Reading, type ReadingRules, withPrefix } from './classification.ts'

/**
 * Without a country no numbering plan is known: + and the usual prefixes for abroad are all that can be told,
 * and numbers that cost more are told by `deny` alone.
 */
export function readPlain(typed: string, { international, outPrefix }: ReadingRules): Reading {
  const number = withPrefix(outPrefix, typed)
  const abroad = /^(?:\+|00|011)(.*)$/.exec(typed)?.[1]
  if (abroad === undefined) return { kind: 'national', forms: [typed], number, objection: undefined }
  return {
    kind: 'international',
    forms: [typed, `+${abroad}`, `00${abroad}`],
    number,
    objection: international ? undefined : ABROAD_IS_OFF,
  }
}
