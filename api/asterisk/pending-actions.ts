import type { AmiMessage } from './ami-codec.ts'
import { AmiError } from './ami-error.ts'
import type { After } from './timer.ts'

/** An action is answered by one response; a list by its items, once Asterisk says that it is complete. */
export type Wanted = 'response' | 'list'

/** The one response, or the items of a list. */
export type Outcome = AmiError | AmiMessage[]

interface Due {
  wanted: Wanted
  /** From the first response of a list on. */
  items: AmiMessage[] | undefined
  settle(outcome: Outcome): void
}

/** How many lists that nobody waits for any longer are kept in mind. */
const UNHEARD = 1_024

/**
 * The answers that are due on one connection. An answer finds its action by ActionID, which nobody can guess;
 * one that fits nothing is dropped. Lists are told by `EventList` alone: the words of `Message` vary.
 */
export function createInFlight(after: After) {
  const due = new Map<string, Due>()
  /** Their items may still come, and are no news. */
  const unheard = new Set<string>()

  return {
    size: () => due.size,

    /** @param settle called once, at once where the answer comes */
    expect(id: string, wanted: Wanted, withinMs: number, settle: (outcome: Outcome) => void) {
      const callOff = after(withinMs, () => {
        if (wanted === 'list') ignore(id)
        due.get(id)?.settle(new AmiError('ami_timeout', `no answer in ${withinMs} ms`, true))
      })
      due.set(id, {
        wanted,
        items: undefined,
        settle(outcome) {
          callOff()
          due.delete(id)
          settle(outcome)
        },
      })
    },

    /** @returns whether it is news for everybody, and not part of an answer */
    take(message: AmiMessage): boolean {
      const id = message.fields.actionid ?? ''
      const one = due.get(id)
      if (message.kind === 'response') {
        if (one !== undefined) answer(id, one, message)
        return false
      }
      const last = endOf(message)
      if (unheard.has(id)) {
        if (last !== undefined) unheard.delete(id)
        return false
      }
      // An OriginateResponse carries the ActionID of its Originate and yet is news.
      if (one?.items === undefined) return true
      if (last === 'complete') one.settle(one.items)
      else if (last === 'cancelled') one.settle(new AmiError('ami_refused', 'the list was cut short', true))
      else one.items.push(message)
      return false
    },

    /** Nothing will be answered any more. */
    abandon(error: AmiError) {
      for (const one of [...due.values()]) one.settle(error)
      unheard.clear()
    },
  }

  function answer(id: string, one: Due, message: AmiMessage) {
    if (one.items !== undefined) return
    const begins = message.fields.eventlist?.toLowerCase() === 'start'
    if (!/^(success|goodbye|follows)$/i.test(message.name)) {
      one.settle(new AmiError('ami_refused', message.fields.message ?? message.name, true))
    } else if (one.wanted === 'response') {
      if (begins) ignore(id)
      one.settle([message])
    } else if (begins) one.items = []
    else one.settle(new AmiError('ami_refused', 'this action answers with no list', true))
  }

  function ignore(id: string) {
    unheard.add(id)
    const [oldest] = unheard
    if (unheard.size > UNHEARD && oldest !== undefined) unheard.delete(oldest)
  }
}

const endOf = ({ fields }: AmiMessage): 'complete' | 'cancelled' | undefined => {
  const word = fields.eventlist?.toLowerCase()
  return word === 'complete' || word === 'cancelled' ? word : undefined
}
