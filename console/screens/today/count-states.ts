import type { Wire } from '../../api/client.ts'

/** Calls by what happens in them; those that have ended do not count. */
export function countStates(calls: readonly Pick<Wire<'Call'>, 'state'>[]) {
  const count = (...states: Wire<'Call'>['state'][]) =>
    calls.filter(({ state }) => states.includes(state)).length
  const [connected, ringing, waiting] = [
    count('up'),
    count('asked', 'dialling', 'ringing'),
    count('held', 'parked'),
  ]
  return { connected, ringing, waiting, total: connected + ringing + waiting }
}
