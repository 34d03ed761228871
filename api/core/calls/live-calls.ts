import type { Call } from './call.ts'

/** The live calls, indexed by endpoint, so that a query for one user's phones does not scan all calls. */
export interface LiveCalls {
  /** Call it each time a call has changed. An ended call, or undefined, removes it. */
  put(id: string, call: Call | undefined): void
  /** Oldest first. */
  all(): readonly Call[]
  /** Calls with a live leg of any of these endpoints, oldest first. */
  ofEndpoints(endpoints: readonly string[]): readonly Call[]
  size(): number
}

export function createLiveCalls(): LiveCalls {
  const calls = new Map<string, Call>()
  const byEndpoint = new Map<string, Set<string>>()
  let sorted: readonly Call[] | undefined

  function enter(id: string, endpoint: string) {
    byEndpoint.set(endpoint, (byEndpoint.get(endpoint) ?? new Set()).add(id))
  }

  function leave(id: string, endpoint: string) {
    const ids = byEndpoint.get(endpoint)
    ids?.delete(id)
    if (ids?.size === 0) byEndpoint.delete(endpoint)
  }

  return {
    put(id, call) {
      sorted = undefined
      for (const endpoint of endpointsOf(calls.get(id))) leave(id, endpoint)
      if (call === undefined || call.state === 'ended') calls.delete(id)
      else {
        calls.set(id, call)
        for (const endpoint of endpointsOf(call)) enter(id, endpoint)
      }
    },
    all() {
      sorted ??= [...calls.values()].sort(byStart)
      return sorted
    },
    ofEndpoints(endpoints) {
      const ids = new Set(endpoints.flatMap((endpoint) => [...(byEndpoint.get(endpoint) ?? [])]))
      return [...ids].flatMap((id) => calls.get(id) ?? []).sort(byStart)
    },
    size: () => calls.size,
  }
}

const endpointsOf = (call: Call | undefined): string[] =>
  call?.legs.flatMap(({ endpoint, state }) =>
    endpoint === undefined || state === 'ended' ? [] : endpoint,
  ) ?? []

const byStart = (a: Call, b: Call) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1)
