import { z } from '@hono/zod-openapi'
import { NewAccount } from '../../core/auth/accounts.ts'
import type { Agent } from '../../core/call-center/agents/agent.ts'
import type { AgentPatch, NewAgent } from '../../core/call-center/agents/agents.ts'
import { Time } from '../openapi.ts'
import { Id, IdJson, toIdJson, toIdJsonOrNull } from './ids.ts'
import { iso } from './iso-time.ts'
import { RoleInput, toCrmRole, toUpperEnum } from './wire.ts'

const Name = z.string().trim().min(1).max(200)
const Team = z.string().trim().min(1).max(100)
/** `username` and `password` create an account for the agent; `userId` links an existing one. */
export const NewAgentBody = z
  .object({
    name: Name,
    agentType: z.enum(['HUMAN', 'AI']).default('HUMAN'),
    team: Team.nullable().optional(),
    userId: Id.nullable().optional(),
    username: NewAccount.shape.username.optional(),
    password: NewAccount.shape.password.optional(),
    email: NewAccount.shape.email,
    role: RoleInput.optional(),
    extension: NewAccount.shape.extension.optional(),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    message: 'username and password go together',
  })

export function toNewAgent(body: z.output<typeof NewAgentBody>): NewAgent {
  const { name, agentType, team, userId, username, password, email, role = 'user', extension } = body
  return {
    name,
    kind: agentType === 'AI' ? 'ai' : 'human',
    team,
    userId,
    account:
      username === undefined || password === undefined ? undefined : { username, password, email, role },
    extension,
  }
}

export const AgentPatchBody = z.object({
  name: Name.optional(),
  team: Team.nullable().optional(),
  extension: NewAccount.shape.extension.optional(),
  role: RoleInput.optional(),
}) satisfies z.ZodType<AgentPatch>

const AGENT_STATUSES = ['OFFLINE', 'READY', 'ON_CALL', 'AFTER_CALL', 'BREAK'] as const
export const AgentStatusBody = z.object({ status: z.enum(AGENT_STATUSES) })
/** @returns undefined for `ON_CALL`, which only the PBX reports */
export const toAgentStatus = (status: (typeof AGENT_STATUSES)[number]) =>
  status === 'ON_CALL'
    ? undefined
    : ({ OFFLINE: 'offline', READY: 'ready', AFTER_CALL: 'after_call', BREAK: 'break' } as const)[status]

/** The call that an agent's phone is in. */
export interface CurrentCall {
  /** Id in the call log; null for a call that this API did not place. */
  id: string | null
  callId: string
}

export const AgentJson = z
  .object({
    id: IdJson,
    name: z.string(),
    userId: IdJson.nullable(),
    username: z.string().nullable(),
    role: z.enum(['admin', 'supervisor', 'agent']).nullable(),
    team: z.string().nullable(),
    agentType: z.enum(['HUMAN', 'AI']),
    extension: z.string().nullable(),
    sipUsername: z.string().nullable().openapi({ description: 'The extension, for existing clients' }),
    status: z
      .enum(AGENT_STATUSES)
      .openapi({ description: '`ON_CALL` comes from the PBX and hides the status that was set' }),
    currentCallId: IdJson.nullable(),
    currentCallControlId: z.string().nullable(),
    lastStatusChange: Time,
    createdAt: Time,
    updatedAt: Time,
    version: z.int(),
  })
  .openapi('CrmAgent')

export function toAgentJson(agent: Agent, call: CurrentCall | undefined): z.output<typeof AgentJson> {
  return {
    id: toIdJson(agent.id),
    name: agent.name,
    userId: toIdJsonOrNull(agent.userId),
    username: agent.username,
    role: agent.role === null ? null : toCrmRole(agent.role),
    team: agent.team,
    agentType: agent.kind === 'ai' ? 'AI' : 'HUMAN',
    extension: agent.extension,
    sipUsername: agent.extension,
    status: call === undefined ? toUpperEnum(agent.status) : 'ON_CALL',
    currentCallId: toIdJsonOrNull(call?.id ?? null),
    currentCallControlId: call?.callId ?? null,
    lastStatusChange: iso(agent.statusAt),
    createdAt: iso(agent.createdAt),
    updatedAt: iso(agent.updatedAt),
    version: agent.version,
  }
}
