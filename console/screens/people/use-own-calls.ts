import { useMemo } from 'react'
import { useConsole, useStore } from '../../app/console-context.ts'
import type { LiveCall } from '../../app/live/live.ts'

/** A call of mine that can be transferred. */
export interface OwnCall {
  id: string
  /** The other end: its name, or else its number. */
  partner: string
  state: LiveCall['state']
  since: string
}

export function useOwnCalls(): readonly OwnCall[] {
  const { live, claims } = useConsole()
  const calls = useStore(live.calls)
  return useMemo(
    () =>
      calls
        .filter(({ state }) => state === 'up' || state === 'held')
        .map((call) => toOwnCall(call, claims.extension)),
    [calls, claims.extension],
  )
}

function toOwnCall(
  { id, state, legs, from, to, answered_at, started_at }: LiveCall,
  own: string | undefined,
): OwnCall {
  const other = legs.find(({ extension, state }) => extension !== own && state === 'up')
  const party =
    other ?? (legs.some(({ role, extension }) => extension === own && role === 'caller') ? to : from)
  return { id, state, partner: party.name || party.number, since: answered_at ?? started_at }
}
