import type { Actor } from '../../core/actor.ts'
import { isParty } from '../../core/calls/call-access.ts'
import type { CallControl } from '../../core/calls/call-control.ts'
import type { Directory } from '../../core/directory/directory.ts'
import type { PeerMessages } from '../../core/messaging/peer-messages.ts'
import type { UserStatuses } from '../../core/presence/user-status.ts'
import { Refusal } from '../../core/refusal.ts'
import type { ClientMessage } from './socket-wire.ts'

export interface SocketCommandNeeds {
  calls: Pick<CallControl, 'find' | 'hangup' | 'answer'>
  statuses: Pick<UserStatuses, 'set'>
  peerMessages: Pick<PeerMessages, 'send'>
  directory: Pick<Directory, 'endpointsOf' | 'findByEndpoint'>
}

export type SocketCommand = Exclude<ClientMessage, { type: 'ping' | 'auth' }>
/** Runs a command of a socket. Its effect is published as events to all users concerned. */
export type CommandHandler = (actor: Actor, command: SocketCommand) => Promise<void>

/** Maximum length of a peer message's data, as JSON text. */
const MAX_PEER_DATA = 4_096

export function createCommandHandler({
  calls,
  statuses,
  peerMessages,
  directory,
}: SocketCommandNeeds): CommandHandler {
  /** Sends a party's own status text to the other parties; the state of the call still comes from the PBX. */
  async function sendPeerStatus(
    actor: Actor,
    message: Extract<ClientMessage, { type: 'call_status' }>,
  ): Promise<void> {
    const view = await calls.find(actor, message.channel)
    if (view.kind !== 'live' || !isParty(actor, view.call, directory)) throw callNotFound()
    if (view.call.state === 'ended') throw new Refusal('conflict', { detail: 'The call is over' })
    const data = message.data ?? null
    if (JSON.stringify(data).length > MAX_PEER_DATA)
      throw new Refusal('input_invalid', { detail: `data is at most ${MAX_PEER_DATA} characters` })

    const others = new Set<string>()
    for (const { endpoint, state } of view.call.legs) {
      const person =
        endpoint === undefined || state === 'ended' ? undefined : directory.findByEndpoint(endpoint)
      if (person !== undefined && person.userId !== actor.userId) others.add(person.userId)
    }
    if (others.size === 0) return
    const { status, channel: call_id } = message
    const from = actor.claims.extension ?? ''
    await peerMessages.send([...others], { type: 'peer_status', from, call_id, status, data })
  }

  return async (actor, command) => {
    switch (command.type) {
      case 'user_status':
        return statuses.set(actor, command.status)
      case 'hangup':
        return calls.hangup(actor, command.channel)
      case 'answer_call':
        return calls.answer(actor, command.channel)
      case 'call_status':
        return sendPeerStatus(actor, command)
    }
  }
}

const callNotFound = () => new Refusal('not_found', { detail: 'no such call' })
