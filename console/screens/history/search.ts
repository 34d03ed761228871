import { isDay, startOfDay } from '../../components/calendar-day.ts'

/** The filters of the history, as they are in the address and in the API’s query. */
export interface HistorySearch {
  q?: string
  number?: string
  direction?: Direction
  outcome?: Outcome
  /** Days of the browser’s calendar: `2026-01-31`. Both are included. */
  from?: string
  until?: string
  missed?: true
  /** The id of a user, for supervisors and admins. */
  user?: string
}

export const DIRECTIONS = ['incoming', 'outgoing', 'internal'] as const
type Direction = (typeof DIRECTIONS)[number]
/** The outcomes that are offered as filters, the frequent ones first. */
export const OUTCOMES = [
  'answered',
  'no_answer',
  'busy',
  'declined',
  'cancelled',
  'unavailable',
  'congestion',
  'own_busy',
  'own_no_answer',
  'own_declined',
  'own_unavailable',
  'unknown_number',
  'failed',
  'unknown',
] as const
type Outcome = (typeof OUTCOMES)[number]

/** Reads the filters from an address; what is not valid is left out. */
export function readHistorySearch(search: Record<string, unknown>): HistorySearch {
  const { q, number, direction, outcome, from, until, missed, user } = search
  return dropUndefined({
    q: readText(q, 100),
    number: readText(number, 64),
    direction: DIRECTIONS.find((one) => one === direction),
    outcome: OUTCOMES.find((one) => one === outcome),
    from: readDay(from),
    until: readDay(until),
    missed: missed === 'true' || missed === true ? (true as const) : undefined,
    user: typeof user === 'string' && /^\d{1,15}$/.test(user) ? user : undefined,
  })
}

/** The filters as the query of the API: days become moments. */
export function toHistoryQuery({ from, until, user, ...rest }: HistorySearch) {
  return dropUndefined({
    ...rest,
    from: from === undefined ? undefined : startOfDay(from),
    until: until === undefined ? undefined : startOfDay(until, 1),
    user_id: user,
  })
}

/** Whether the list holds all calls of its user, so that no missed one is hidden. */
export const showsAllMissed = ({ missed: _, ...others }: HistorySearch): boolean =>
  Object.keys(others).length === 0

const readText = (value: unknown, maxLength: number): string | undefined => {
  const text = typeof value === 'string' ? value.trim().slice(0, maxLength) : ''
  return text === '' ? undefined : text
}

const readDay = (value: unknown): string | undefined =>
  typeof value === 'string' && isDay(value) ? value : undefined

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** An absent filter must not be a member: it would be in the address. */
const dropUndefined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<T> // the same without them
