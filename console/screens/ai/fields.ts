import { findPlaceholders, MAX_PLACEHOLDERS } from './placeholders.ts'

/** What a document holds, by the names of its fields: numbers as digits, flags as `true` or an empty text. */
export type Values = Readonly<Record<string, string>>

export type FieldName =
  | (typeof TEMPLATE_FIELDS)[number]['name']
  | (typeof SETTINGS_FIELDS)[number]['name']
  | (typeof CONFIG_FIELDS)[number]['name']

/** A field of a document, with the limits of the API. */
export interface Field {
  name: string
  kind: 'line' | 'text' | 'number' | 'flag'
  /** Of a text: characters. Of a number: its value. */
  min?: number
  max?: number
  isWhole?: true
  isOptional?: true
  rule?: 'language' | 'provider' | 'placeholders'
}

export const TEMPLATE_FIELDS = [
  { name: 'name', kind: 'line', max: 200 },
  { name: 'category', kind: 'line', max: 100 },
  { name: 'content', kind: 'text', max: 20_000, rule: 'placeholders' },
] as const satisfies readonly Field[]

export const SETTINGS_FIELDS = [
  { name: 'systemPrompt', kind: 'text', max: 20_000 },
  { name: 'greetingMessage', kind: 'text', max: 2_000, isOptional: true },
  { name: 'voiceId', kind: 'line', max: 200, isOptional: true },
  { name: 'language', kind: 'line', max: 35, rule: 'language' },
  { name: 'maxResponseTokens', kind: 'number', min: 1, max: 32_000, isWhole: true },
  { name: 'temperature', kind: 'number', min: 0, max: 2 },
] as const satisfies readonly Field[]

export const CONFIG_FIELDS = [
  { name: 'model', kind: 'line', max: 100, rule: 'provider' },
  { name: 'useClaudeCode', kind: 'flag' },
  { name: 'fallbackToApi', kind: 'flag' },
  { name: 'defaultVoice', kind: 'line', max: 100, rule: 'provider' },
  { name: 'maxCallDuration', kind: 'number', min: 1, max: 86_400, isWhole: true },
  { name: 'sttProvider', kind: 'line', max: 100, rule: 'provider' },
  { name: 'ttsProvider', kind: 'line', max: 100, rule: 'provider' },
] as const satisfies readonly Field[]

/** Why the API would refuse a value. */
export type FieldProblem =
  | { code: 'required' | 'language' | 'provider' | 'notWhole' | 'placeholders' }
  | { code: 'tooLong'; max: number }
  | { code: 'outOfRange'; min: number; max: number }

/** @returns undefined for a value that the API accepts */
export function checkField(field: Field, value: string): FieldProblem | undefined {
  const { kind, min = 0, max = 0, isOptional, isWhole, rule } = field
  if (kind === 'flag') return undefined
  // Lines are sent without the blanks around them.
  const text = kind === 'text' && !isOptional ? value : value.trim()
  if (text === '') return isOptional ? undefined : { code: 'required' }
  if (kind === 'number') {
    const number = Number(text)
    if (!(number >= min && number <= max)) return { code: 'outOfRange', min, max }
    return isWhole && !Number.isInteger(number) ? { code: 'notWhole' } : undefined
  }
  if (text.length > max) return { code: 'tooLong', max }
  if (rule === 'language' && !isLanguageTag(text)) return { code: 'language' }
  if (rule === 'provider' && !/^[A-Za-z0-9][A-Za-z0-9 ._:/-]{0,99}$/.test(text)) return { code: 'provider' }
  if (rule === 'placeholders' && findPlaceholders(text).length > MAX_PLACEHOLDERS)
    return { code: 'placeholders' }
  return undefined
}

function isLanguageTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1
  } catch {
    return false
  }
}

/** @returns the member that is sent to the API; null for none */
export function toMember({ kind, isOptional }: Field, value: string): string | number | boolean | null {
  if (kind === 'flag') return value !== ''
  if (kind === 'number') return Number(value)
  if (isOptional && value.trim() === '') return null
  return kind === 'line' ? value.trim() : value
}

/** @returns the text that a form shows */
export const toValue = (member: unknown): string =>
  member === null || member === undefined || member === false ? '' : String(member)

/** @returns by the name of the field */
export const checkValues = (fields: readonly Field[], values: Values): ReadonlyMap<string, FieldProblem> =>
  new Map(
    fields.flatMap((field) => {
      const problem = checkField(field, values[field.name] ?? '')
      return problem === undefined ? [] : [[field.name, problem] as const]
    }),
  )

/** The values that were stored, with those that were typed while they were under way. */
export const withTyped = (now: Values, sent: Values, written: Values): Values => ({
  ...written,
  ...Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== sent[name])),
})
