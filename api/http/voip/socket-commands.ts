import type { Actor } from '../../core/actor.ts'
import { isParty } from '../../core/calls/call-access.ts'
import type { Calls } from '../../core/calls/call-control.ts'
import type { Directory } from '../../core/directory/directory.ts'
import type { SocketWords } from '../../core/messaging/peer-messages.ts'
import type { Statuses } from '../../core/presence/user-status.ts'
import { Refusal } from '../../core/refusal.ts'
import type { Said } from './socket-wire.ts'

export interface DeedsNeeds {
  calls: Pick<Calls, 'find' | 'hangup' | 'answer'>
  statuses: Pick<Statuses, 'set'>
  words: Pick<SocketWords, 'pass'>
  directory: Pick<Directory, 'endpointOf' | 'ofEndpoint'>
}

export type Asked = Exclude<Said, { type: 'ping' | 'auth' }>
/** What a client asks for over its socket; what comes of it is told by news, to all whom it concerns. */
export type Deeds = (actor: Actor, said: Asked) => Promise<void>

/** What a client may pass on, as JSON text. */
const MOST_DATA = 4_096

export function createDeeds({ calls, statuses, words, directory }: DeedsNeeds): Deeds {
  /** A party may tell the others what it likes; the truth about the call stays the PBX's. */
  async function tellOthers(actor: Actor, said: Extract<Said, { type: 'call_status' }>): Promise<void> {
    const view = await calls.find(actor, said.channel)
    if (view.known !== 'live' || !isParty(actor, view.call, directory)) throw noCall()
    if (view.call.state === 'ended') throw new Refusal('conflict', { detail: 'The call is over' })
    const data = said.data ?? null
    if (JSON.stringify(data).length > MOST_DATA)
      throw new Refusal('input_invalid', { detail: `data is at most ${MOST_DATA} characters` })

    const others = new Set<string>()
    for (const { endpoint, state } of view.call.legs) {
      const person = endpoint === undefined || state === 'ended' ? undefined : directory.ofEndpoint(endpoint)
      if (person !== undefined && person.userId !== actor.userId) others.add(person.userId)
    }
    if (others.size === 0) return
    const { status, channel: call_id } = said
    const from = actor.claims.extension ?? ''
    await words.pass([...others], { type: 'peer_status', from, call_id, status, data })
  }

  return async (actor, said) => {
    switch (said.type) {
      case 'user_status':
        return statuses.set(actor, said.status)
      case 'hangup':
        return calls.hangup(actor, said.channel)
      case 'answer_call':
        return calls.answer(actor, said.channel)
      case 'call_status':
        return tellOthers(actor, said)
    }
  }
}

const noCall = () => new Refusal('not_found', { detail: 'no such call' })
