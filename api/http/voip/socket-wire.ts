import { z } from 'zod'
import { validationMessage } from '../../../runtime/validation-message.ts'
import type { UserMessage } from '../../core/messaging/user-messages.ts'
import { USER_STATUSES } from '../../core/presence/user-status-store.ts'
import { DEFAULT_JSON_LIMITS, exceededLimit } from '../json-body.ts'
import { toClientStatus } from './compat-wire.ts'
import { Channel, Status } from './wire.ts'

/** A message of a client. Other members are ignored: `from` is always the sender's own extension. */
export const ClientMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('auth'), token: z.string().max(4096) }),
  z.object({ type: z.literal('user_status'), status: Status }),
  z.object({ type: z.literal('hangup'), channel: Channel }),
  z.object({ type: z.literal('answer_call'), channel: Channel }),
  z.object({
    type: z.literal('call_status'),
    channel: Channel,
    status: z.string().regex(/^[\w .:-]{1,64}$/, 'must be 1 to 64 letters, digits, blanks, _, ., : or -'),
    data: z.unknown().optional(),
  }),
])
export type ClientMessage = z.infer<typeof ClientMessage>
const MESSAGE_TYPES: readonly unknown[] = ClientMessage.options.map(({ shape }) => shape.type.value)

/** @returns the message, or why it is invalid */
export function parseClientMessage(text: string): { message: ClientMessage } | { error: string } {
  if (exceededLimit(Buffer.from(text), DEFAULT_JSON_LIMITS) !== undefined)
    return { error: 'Message is too large' }
  const value = parseJson(text)
  if (value === undefined) return { error: 'Message is not JSON' }
  const kind = z.looseObject({ type: z.string() }).safeParse(value)
  if (!kind.success) return { error: 'Message has no type' }
  if (!MESSAGE_TYPES.includes(kind.data.type)) return { error: 'Unknown message type' }
  const parsed = ClientMessage.safeParse(value)
  if (parsed.success) return { message: parsed.data }
  return {
    error: `Invalid ${kind.data.type} message: ${validationMessage(parsed.error, { subject: 'it', maxLength: 300 })}`,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A message of the document's shape; members without a value are empty. */
interface ServerMessage {
  type: string
  from?: string
  to?: string
  channel?: string
  status?: string
  data?: unknown
}
export const toServerMessage = ({
  type,
  from = '',
  to = '',
  channel = '',
  status = '',
  data = null,
}: ServerMessage) => ({
  type,
  from,
  to,
  channel,
  status,
  data,
  timestamp: new Date().toISOString(),
})

const CallEvent = z.object({
  type: z.enum(['incoming_call', 'call_status']),
  call: z.object({
    id: z.string(),
    state: z.string(),
    outcome: z.string().nullish(),
    from: z.object({ number: z.string(), name: z.string() }),
    to: z.object({ number: z.string(), name: z.string() }),
  }),
})
const StatusEvent = z.object({
  type: z.literal('user_status'),
  user: z.object({
    id: z.string(),
    extension: z.string().nullable(),
    status: z.enum(USER_STATUSES),
    online: z.boolean().optional(),
  }),
})
const CommandEvent = z.object({
  type: z.literal('command'),
  command: z.string(),
  call_id: z.string(),
  expires_at: z.string(),
})
/** A status text that another party sent; it is not the state of the call. */
const PeerStatusEvent = z.object({
  type: z.literal('peer_status'),
  from: z.string(),
  call_id: z.string(),
  status: z.string(),
  data: z.unknown(),
})
const TranslatableMessage = z.discriminatedUnion('type', [
  CallEvent,
  StatusEvent,
  CommandEvent,
  PeerStatusEvent,
])

/**
 * Translates a user message to messages of the document. Events of a call have an empty `from`; a peer's message has the
 * peer's extension.
 * @param answered ids of calls that this client has seen answered; updated here
 * @returns no message for an event that the document does not have
 */
export function translate(message: UserMessage, to: string, answered: Set<string>): object[] {
  const { data: event } = TranslatableMessage.safeParse(message)
  switch (event?.type) {
    case 'incoming_call':
    case 'call_status':
      return translateCall(event, answered)
    case 'user_status': {
      const { id, extension, status, online } = event.user
      const data = { user_id: Number(id), online, own_status: status }
      return [
        toServerMessage({
          type: 'user_status',
          from: extension ?? '',
          status: toClientStatus(status, online !== false),
          data,
        }),
      ]
    }
    case 'command': {
      const { command, call_id: channel, expires_at } = event
      return [toServerMessage({ type: 'command', to, channel, status: command, data: { expires_at } })]
    }
    case 'peer_status': {
      const { from, call_id: channel, status, data } = event
      return [toServerMessage({ type: 'call_status', from, to, channel, status, data })]
    }
    default:
      return []
  }
}

const ANSWERED_STATES: readonly string[] = ['up', 'held', 'parked']
const MAX_ANSWERED = 100

/** The document has extra message types for answer and end; each follows the `call_status` of the same event. */
function translateCall({ type, call }: z.infer<typeof CallEvent>, answered: Set<string>): object[] {
  const status = call.state === 'ended' ? (call.outcome ?? 'unknown') : call.state
  const callMessage = (as: string) => ({
    type: as,
    caller: call.from.number,
    caller_name: call.from.name,
    callee: call.to.number,
    channel: call.id,
    status,
    priority: 'normal',
    transport: 'sip',
    timestamp: new Date().toISOString(),
  })
  if (call.state === 'ended') {
    answered.delete(call.id)
    return [callMessage('call_status'), callMessage('call_ended')]
  }
  if (!ANSWERED_STATES.includes(call.state) || answered.has(call.id)) return [callMessage(type)]
  if (answered.size >= MAX_ANSWERED) answered.clear()
  answered.add(call.id)
  return [callMessage(type), callMessage('call_answered')]
}
