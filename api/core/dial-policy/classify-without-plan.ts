import {
  type Classification,
  type ClassificationRules,
  INTERNATIONAL_DENIED,
  withOutsidePrefix,
} from './classification.ts'

/**
 * Without a country no numbering plan is known: + and the usual prefixes for abroad are all that can be told,
 * and numbers that cost more are told by `deny` alone.
 */
export function classifyWithoutPlan(
  typed: string,
  { international, outPrefix }: ClassificationRules,
): Classification {
  const number = withOutsidePrefix(outPrefix, typed)
  const abroad = /^(?:\+|00|011)(.*)$/.exec(typed)?.[1]
  if (abroad === undefined) return { kind: 'national', forms: [typed], number, denyReason: undefined }
  return {
    kind: 'international',
    forms: [typed, `+${abroad}`, `00${abroad}`],
    number,
    denyReason: international ? undefined : INTERNATIONAL_DENIED,
  }
}
