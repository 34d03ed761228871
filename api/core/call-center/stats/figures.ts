import { Refusal } from '../../refusal.ts'
import { type BinSize, binIndex, timeBins } from '../../values/time-bins.ts'
import type { Scope } from '../agents/scope.ts'
import type { TimeRange } from './call-stats-store.ts'
import type { FigureCounts, FigureGroup, FigureRow, FigureStore } from './figure-store.ts'
import { offsetSpans } from './offset-spans.ts'

export interface FiguresQuery {
  by: BinSize
  /** Calendar days, such as `2026-01-31`; both are included. */
  firstDay: string
  lastDay: string
  timeZone: string
  group: FigureGroup
  /** Only this agent or campaign. */
  id?: string | undefined
}

export interface FigureSum extends FigureCounts {
  /** Of the calls that ended with an answer or without one, the share that was answered, 0 to 1; null: no such call. */
  answerRate: number | null
  /** Mean seconds from answer to end of answered calls; null: no call was answered. */
  averageTalk: number | null
}

export interface FigureBin extends FigureSum {
  /** Unix seconds; the end is exclusive. */
  from: number
  until: number
}

/** An agent or a campaign; both members are null for calls without a campaign. */
export interface NamedGroup {
  id: string | null
  name: string | null
}

export interface Figures {
  range: TimeRange
  /** A call in which several agents were counts once here, and once for each of them in `groups`. */
  totals: FigureSum
  groups: readonly (NamedGroup & FigureSum)[]
  /** Each bin of the range, also those without calls. */
  series: readonly FigureBin[]
}

/** One group in one bin. */
export type FigureCell = NamedGroup & FigureBin

export interface FiguresReader {
  /** @throws {Refusal} `input_invalid` */
  read(scope: Scope, query: FiguresQuery): Promise<Figures>
  /** One row for each group and bin with a call, in order of time. @throws {Refusal} `input_invalid` */
  cells(scope: Scope, query: FiguresQuery): Promise<FigureCell[]>
}

const BIN_SECONDS = { hour: 3_600, day: 86_400 } as const satisfies Record<BinSize, number>
/** An embedded database answers no other query meanwhile. */
export const MAX_DAYS: Record<BinSize, number> = { hour: 31, day: 93 }

export const NO_CALLS: FigureCounts = { calls: 0, answered: 0, unanswered: 0, talked: 0 }

export function createFigures({ store }: { store: FigureStore }): FiguresReader {
  function plan({ by, firstDay, lastDay, timeZone }: FiguresQuery) {
    const dayCount = (Date.parse(lastDay) - Date.parse(firstDay)) / 86_400_000 + 1
    if (dayCount < 1) throw new Refusal('input_invalid', { detail: 'to: must not be before from' })
    if (dayCount > MAX_DAYS[by]) {
      throw new Refusal('input_invalid', { detail: `to: at most ${MAX_DAYS[by]} days by ${by}` })
    }
    const bins = timeBins(by, { from: firstDay, to: lastDay }, timeZone)
    const range = { from: bins[0]?.start ?? 0, until: bins.at(-1)?.end ?? 0 }
    const spans = offsetSpans(range, timeZone)
    /** The number of the bin that a row was counted in. */
    const binOf = ({ span, slot }: FigureRow) => {
      const at = spans[span]
      if (at === undefined) throw new RangeError('the store counted outside of the range')
      const start = Math.max(slot * BIN_SECONDS[by] - at.offset, at.from)
      return binIndex(bins, start)
    }
    return { range, bins, binOf, search: { range, spans, slotSeconds: BIN_SECONDS[by] } }
  }

  return {
    async read(scope, query) {
      const { range, bins, binOf, search } = plan(query)
      const isOne = query.id !== undefined
      const [rows, names] = await Promise.all([
        store.count(scope, { ...search, group: query.group, id: query.id }),
        store.listNames(scope, query.group),
      ])
      // A campaign's calls are no other campaign's, so their sum is the total.
      const whole =
        isOne || query.group === 'campaign' ? rows : await store.count(scope, { ...search, group: 'none' })
      const perBin = bins.map(() => NO_CALLS)
      for (const row of whole) perBin[binOf(row)] = add(perBin[binOf(row)] ?? NO_CALLS, row)
      return {
        range,
        totals: toSum(whole.reduce(add, NO_CALLS)),
        groups: sumByGroup(rows, names).filter(({ id, calls }) => calls > 0 || (isOne && id === query.id)),
        series: bins.map(({ start, end }, n) => ({
          from: start,
          until: end,
          ...toSum(perBin[n] ?? NO_CALLS),
        })),
      }
    },

    async cells(scope, query) {
      const { bins, binOf, search } = plan(query)
      const [rows, names] = await Promise.all([
        store.count(scope, { ...search, group: query.group, id: query.id }),
        store.listNames(scope, query.group),
      ])
      const rowsOf = bins.map((): FigureRow[] => [])
      for (const row of rows) rowsOf[binOf(row)]?.push(row)
      return bins.flatMap(({ start, end }, n) =>
        sumByGroup(rowsOf[n] ?? [], names)
          .filter(({ calls }) => calls > 0)
          .map((group) => ({ ...group, from: start, until: end })),
      )
    },
  }
}

/** Every named group, also without calls, and the calls without one; sorted by name. */
function sumByGroup(
  rows: readonly FigureRow[],
  names: ReadonlyMap<string, string>,
): (NamedGroup & FigureSum)[] {
  const counts = new Map<string | null, FigureCounts>([...names.keys()].map((id) => [id, NO_CALLS]))
  for (const row of rows) counts.set(row.groupId, add(counts.get(row.groupId) ?? NO_CALLS, row))
  return [...counts]
    .map(([id, sum]) => ({ id, name: id === null ? null : (names.get(id) ?? null), ...toSum(sum) }))
    .sort(
      (one, other) => (one.name ?? '').localeCompare(other.name ?? '') || Number(one.id) - Number(other.id),
    )
}

const add = (sum: FigureCounts, one: FigureCounts): FigureCounts => ({
  calls: sum.calls + one.calls,
  answered: sum.answered + one.answered,
  unanswered: sum.unanswered + one.unanswered,
  talked: sum.talked + one.talked,
})

export function toSum({ calls, answered, unanswered, talked }: FigureCounts): FigureSum {
  const ended = answered + unanswered
  return {
    ...{ calls, answered, unanswered, talked },
    answerRate: ended === 0 ? null : answered / ended,
    averageTalk: answered === 0 ? null : Math.round(talked / answered),
  }
}
