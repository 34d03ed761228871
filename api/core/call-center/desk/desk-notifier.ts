import { createFailureReporter, type FailureHandler } from '../../../../runtime/failure-reporter.ts'
import type { Call } from '../../calls/call.ts'
import type { CallTracker } from '../../calls/call-tracker.ts'
import type { Directory } from '../../directory/directory.ts'
import type { UserMessages } from '../../messaging/user-messages.ts'
import type { AgentStore } from '../agents/agent.ts'

/** Sends `{"type":"desk"}` to agents whose desk has changed: their page then reads it again. */
export interface DeskNotifier {
  agentsChanged(agentIds: readonly string[]): void
  /** Only users who are agents get it. */
  userChanged(userId: string): void
}

export interface DeskNotifierNeeds {
  agents: Pick<AgentStore, 'findAll' | 'findByUser'>
  userMessages: Pick<UserMessages, 'send'>
  onFailure: FailureHandler
}

const MESSAGE = { type: 'desk' } as const

export function createDeskNotifier({ agents, userMessages, onFailure }: DeskNotifierNeeds): DeskNotifier {
  const reporter = createFailureReporter(onFailure)
  const report = (sent: Promise<unknown>) => void sent.then(reporter.succeeded, reporter.failed)

  async function notifyAgents(ids: readonly string[]) {
    const found = await agents.findAll(ids)
    await Promise.all(
      found.flatMap(({ userId }) => (userId === null ? [] : userMessages.send(userId, MESSAGE))),
    )
  }
  async function notifyUser(userId: string) {
    if ((await agents.findByUser(userId)) !== undefined) await userMessages.send(userId, MESSAGE)
  }

  return {
    agentsChanged: (ids) => report(notifyAgents(ids)),
    userChanged: (userId) => report(notifyUser(userId)),
  }
}

export interface DeskCallNotificationsNeeds {
  tracker: Pick<CallTracker, 'onChange'>
  directory: Pick<Directory, 'findByEndpoint' | 'endpointsOf'>
  notifier: Pick<DeskNotifier, 'userChanged'>
  /** Whether this process notifies: one does. */
  isResponsible(): boolean
}

/** Notifies users when a call of theirs begins, is answered or ends. @returns a function that ends it */
export function startDeskCallNotifications(needs: DeskCallNotificationsNeeds): () => void {
  const { directory, notifier } = needs
  return needs.tracker.onChange((call, before) => {
    if (!needs.isResponsible()) return
    const users = new Map(
      [...call.legs, ...(before?.legs ?? [])].flatMap(({ endpoint }) => {
        const person = endpoint === undefined ? undefined : directory.findByEndpoint(endpoint)
        return person === undefined ? [] : [[person.userId, person.extension]]
      }),
    )
    for (const [userId, extension] of users) {
      const endpoints = directory.endpointsOf(extension)
      if (stateFor(call, endpoints) !== stateFor(before, endpoints)) notifier.userChanged(userId)
    }
  })
}

/** The state of a call at these endpoints, as a desk shows it. */
function stateFor(call: Call | undefined, endpoints: readonly string[]): 'none' | 'ringing' | 'talking' {
  const isIn = call?.legs.some(
    ({ endpoint, state }) => endpoint !== undefined && state !== 'ended' && endpoints.includes(endpoint),
  )
  if (call === undefined || !isIn || call.state === 'ended') return 'none'
  return call.state === 'dialling' || call.state === 'ringing' ? 'ringing' : 'talking'
}
