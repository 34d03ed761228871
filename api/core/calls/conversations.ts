import type { KnownChannel } from './channel-registry.ts'

/**
 * The talk that a bridge is part of. With `/n` the two halves of a Local channel stay, each in a bridge of its own:
 * both bridges are one talk, and their ends hear each other.
 *
 * @param channels all of a call
 * @returns the same name for every bridge of one talk: that of one of them
 */
export function talksOf(channels: Iterable<KnownChannel>): (bridge: string) => string {
  const halves = new Map<string, string>()
  const joined = new Map<string, string>()
  const talkOf = (bridge: string): string => {
    const next = joined.get(bridge)
    return next === undefined ? bridge : talkOf(next)
  }
  for (const { known, gone } of channels) {
    const local = /^(Local\/.+);[12]$/s.exec(known.name ?? '')?.[1]
    if (local === undefined || known.bridge === undefined || gone !== undefined) continue
    const other = halves.get(local)
    if (other === undefined) halves.set(local, known.bridge)
    else {
      const [first = '', second = ''] = [talkOf(other), talkOf(known.bridge)].sort()
      if (first !== second) joined.set(second, first)
    }
  }
  return talkOf
}
