import { z } from 'zod'
import { plainWords } from '../../../runtime/validation-message.ts'
import type { Message } from '../../core/messaging/user-messages.ts'
import { OWN_STATUSES } from '../../core/presence/user-status-store.ts'
import { excessOf, USUAL } from '../json-body.ts'
import { clientStatus } from './compat-wire.ts'
import { Channel, Status } from './wire.ts'

/** What a client may say. Anything beside these members is not read: `from` is who they are, not who they claim. */
export const Said = z.discriminatedUnion('type', [
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
export type Said = z.infer<typeof Said>
const KINDS: readonly unknown[] = Said.options.map(({ shape }) => shape.type.value)

/** @returns what was said, or why it is nothing we know */
export function readSaid(text: string): { said: Said } | { error: string } {
  if (excessOf(Buffer.from(text), USUAL) !== undefined) return { error: 'Message is too large' }
  const value = parse(text)
  if (value === undefined) return { error: 'Message is not JSON' }
  const kind = z.looseObject({ type: z.string() }).safeParse(value)
  if (!kind.success) return { error: 'Message has no type' }
  if (!KINDS.includes(kind.data.type)) return { error: 'Unknown message type' }
  const said = Said.safeParse(value)
  if (said.success) return { said: said.data }
  return { error: `Invalid ${kind.data.type} message: ${plainWords(said.error, { whole: 'it', most: 300 })}` }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A message of the document's shape; what does not fit a message is left empty. */
interface Plain {
  type: string
  from?: string
  to?: string
  channel?: string
  status?: string
  data?: unknown
}
export const plain = ({ type, from = '', to = '', channel = '', status = '', data = null }: Plain) => ({
  type,
  from,
  to,
  channel,
  status,
  data,
  timestamp: new Date().toISOString(),
})

const CallNews = z.object({
  type: z.enum(['incoming_call', 'call_status']),
  call: z.object({
    id: z.string(),
    state: z.string(),
    outcome: z.string().nullish(),
    from: z.object({ number: z.string(), name: z.string() }),
    to: z.object({ number: z.string(), name: z.string() }),
  }),
})
const StatusNews = z.object({
  type: z.literal('user_status'),
  user: z.object({
    id: z.string(),
    extension: z.string().nullable(),
    status: z.enum(OWN_STATUSES),
    online: z.boolean().optional(),
  }),
})
const CommandNews = z.object({
  type: z.literal('command'),
  command: z.string(),
  call_id: z.string(),
  expires_at: z.string(),
})
/** What another party said of a call: theirs to say, and no truth of ours. */
const PeerNews = z.object({
  type: z.literal('peer_status'),
  from: z.string(),
  call_id: z.string(),
  status: z.string(),
  data: z.unknown(),
})
const News = z.discriminatedUnion('type', [CallNews, StatusNews, CommandNews, PeerNews])

/**
 * Our news in the document's words. A call's own news come with `from` empty: what a party says bears their
 * extension.
 * @param answered calls this client knows as answered; kept up to date here
 * @returns nothing for news the document has no words for
 */
export function translate(message: Message, to: string, answered: Set<string>): object[] {
  const { data: news } = News.safeParse(message)
  switch (news?.type) {
    case 'incoming_call':
    case 'call_status':
      return ofCall(news, answered)
    case 'user_status': {
      const { id, extension, status, online } = news.user
      const data = { user_id: Number(id), online, own_status: status }
      return [
        plain({
          type: 'user_status',
          from: extension ?? '',
          status: clientStatus(status, online !== false),
          data,
        }),
      ]
    }
    case 'command': {
      const { command, call_id: channel, expires_at } = news
      return [plain({ type: 'command', to, channel, status: command, data: { expires_at } })]
    }
    case 'peer_status': {
      const { from, call_id: channel, status, data } = news
      return [plain({ type: 'call_status', from, to, channel, status, data })]
    }
    default:
      return []
  }
}

const TALKING: readonly string[] = ['up', 'held', 'parked']
const MOST_ANSWERED = 100

/** The document has types of their own for an answer and an end; they come behind the status that says so, too. */
function ofCall({ type, call }: z.infer<typeof CallNews>, answered: Set<string>): object[] {
  const status = call.state === 'ended' ? (call.outcome ?? 'unknown') : call.state
  const told = (as: string) => ({
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
    return [told('call_status'), told('call_ended')]
  }
  if (!TALKING.includes(call.state) || answered.has(call.id)) return [told(type)]
  if (answered.size >= MOST_ANSWERED) answered.clear()
  answered.add(call.id)
  return [told(type), told('call_answered')]
}
