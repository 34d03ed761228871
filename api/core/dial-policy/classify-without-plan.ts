import {
  type Classification,
  type ClassificationRules,
  INTERNATIONAL_DENIED,
  withOutsidePrefix,
} from './classification.ts'

/**
 * Without a country there is no numbering plan: only + and the usual international prefixes are recognized,
 * and expensive numbers must be listed in `deny`.
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
