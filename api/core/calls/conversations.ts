import type { TrackedChannel } from './channel-registry.ts'

/**
 * Finds the conversation that a bridge is part of. With `/n` the two halves of a Local channel stay, each in
 * a bridge of its own: both bridges are one conversation.
 *
 * @param channels all channels of a call
 * @returns for each bridge the id of one bridge, the same for all bridges of a conversation
 */
export function conversationLookup(channels: Iterable<TrackedChannel>): (bridge: string) => string {
  const halves = new Map<string, string>()
  const joined = new Map<string, string>()
  const conversationOf = (bridge: string): string => {
    const next = joined.get(bridge)
    return next === undefined ? bridge : conversationOf(next)
  }
  for (const { attributes, ended } of channels) {
    const local = /^(Local\/.+);[12]$/s.exec(attributes.name ?? '')?.[1]
    if (local === undefined || attributes.bridge === undefined || ended !== undefined) continue
    const other = halves.get(local)
    if (other === undefined) halves.set(local, attributes.bridge)
    else {
      const [first = '', second = ''] = [conversationOf(other), conversationOf(attributes.bridge)].sort()
      if (first !== second) joined.set(second, first)
    }
  }
  return conversationOf
}
