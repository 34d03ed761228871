import { evictOldest } from '../../runtime/evict-oldest.ts'
import type { AmiMessage } from './ami-codec.ts'
import { AmiError } from './ami-error.ts'
import type { StartTimer } from './timer.ts'

/** An action has one response; a list has items, until Asterisk reports that it is complete. */
export type AmiResponseKind = 'response' | 'list'

/** The one response, or the items of a list. */
export type ActionResult = AmiError | AmiMessage[]

interface PendingAction {
  expects: AmiResponseKind
  /** Set from the first response of a list on. */
  items: AmiMessage[] | undefined
  complete(outcome: ActionResult): void
}

/** How many lists without a waiting action are remembered. */
const MAX_IGNORED_LISTS = 1_024

/**
 * The pending actions of one connection. An answer is matched by ActionID, which cannot be guessed; an
 * unmatched one is dropped. Lists are recognized by `EventList` alone: the text of `Message` varies.
 */
export function createPendingActions(after: StartTimer) {
  const pending = new Map<string, PendingAction>()
  /** Lists that timed out: their items may still come, and are no events. */
  const ignoredLists = new Set<string>()

  return {
    size: () => pending.size,

    /** @param complete called once, synchronously when the answer comes */
    expect(
      id: string,
      expects: AmiResponseKind,
      timeoutMs: number,
      complete: (outcome: ActionResult) => void,
    ) {
      const cancelTimer = after(timeoutMs, () => {
        if (expects === 'list') ignoreList(id)
        pending.get(id)?.complete(new AmiError('ami_timeout', `no answer in ${timeoutMs} ms`, true))
      })
      pending.set(id, {
        expects,
        items: undefined,
        complete(outcome) {
          cancelTimer()
          pending.delete(id)
          complete(outcome)
        },
      })
    },

    /** @returns whether the message is an event for all listeners, and not part of an answer */
    handle(message: AmiMessage): boolean {
      const id = message.fields.actionid ?? ''
      const one = pending.get(id)
      if (message.kind === 'response') {
        if (one !== undefined) handleResponse(id, one, message)
        return false
      }
      const last = endOf(message)
      if (ignoredLists.has(id)) {
        if (last !== undefined) ignoredLists.delete(id)
        return false
      }
      // An OriginateResponse has the ActionID of its Originate and is an event all the same.
      if (one?.items === undefined) return true
      if (last === 'complete') one.complete(one.items)
      else if (last === 'cancelled') one.complete(new AmiError('ami_refused', 'the list was cut short', true))
      else one.items.push(message)
      return false
    },

    /** Fails all pending actions: the connection has ended. */
    rejectAll(error: AmiError) {
      for (const one of [...pending.values()]) one.complete(error)
      ignoredLists.clear()
    },
  }

  function handleResponse(id: string, one: PendingAction, message: AmiMessage) {
    if (one.items !== undefined) return
    const begins = message.fields.eventlist?.toLowerCase() === 'start'
    if (!/^(success|goodbye|follows)$/i.test(message.name)) {
      one.complete(new AmiError('ami_refused', message.fields.message ?? message.name, true))
    } else if (one.expects === 'response') {
      if (begins) ignoreList(id)
      one.complete([message])
    } else if (begins) one.items = []
    else one.complete(new AmiError('ami_refused', 'this action answers with no list', true))
  }

  function ignoreList(id: string) {
    ignoredLists.add(id)
    evictOldest(ignoredLists, MAX_IGNORED_LISTS)
  }
}

const endOf = ({ fields }: AmiMessage): 'complete' | 'cancelled' | undefined => {
  const phase = fields.eventlist?.toLowerCase()
  return phase === 'complete' || phase === 'cancelled' ? phase : undefined
}
