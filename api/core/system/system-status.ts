import { redact } from '../../../runtime/log.ts'

export const COMPONENT_STATES = ['ok', 'degraded', 'down'] as const
export type ComponentState = (typeof COMPONENT_STATES)[number]

export const COMPONENTS = ['pbx', 'redis', 'sql', 'streams', 'mail', 'sidecar'] as const
export type ComponentName = (typeof COMPONENTS)[number]

/** How a part of the installation is, and in words what that means and what to do. */
export interface Component {
  name: ComponentName
  state: ComponentState
  detail: string
  /** Unix ms; undefined where it is not known. */
  since: number | undefined
}

export interface SystemStatus {
  /** Asks all components at once, each for at most two seconds. Never throws. */
  check(): Promise<Component[]>
}

/** Mails that wait. Times are unix seconds. */
export interface MailQueueState {
  waiting: number
  /** Those of them that could not be sent at least once. */
  failing: number
  /** When the oldest of these was queued. */
  failingSince: number | undefined
  lastError: string | undefined
}

export interface SystemStatusNeeds {
  /** Undefined without a PBX in the settings. `offlineSince` is unix ms. */
  pbx: (() => { online: boolean; offlineSince: number | undefined }) | undefined
  isRedisResponding(): Promise<boolean>
  isSqlResponding(): Promise<boolean>
  /** Whether revocations are as new as they must be. */
  isRevocationFresh(): boolean
  streams: readonly Probe[]
  sidecars: readonly Probe[]
  /** Undefined without a mail server in the settings. */
  mailQueue: (() => Promise<MailQueueState>) | undefined
}

/** Whether one process answers; never throws. */
export type Probe = () => Promise<boolean>

export function createSystemStatus(needs: SystemStatusNeeds): SystemStatus {
  return {
    check: () =>
      Promise.all([
        checkPbx(needs),
        checkRedis(needs),
        checkSql(needs),
        checkStreams(needs),
        checkMail(needs),
        checkSidecars(needs),
      ]),
  }
}

const component = (
  name: ComponentName,
  state: ComponentState,
  detail: string,
  since?: number,
): Component => ({ name, state, detail, since })

async function checkPbx({ pbx }: SystemStatusNeeds): Promise<Component> {
  if (pbx === undefined) {
    const detail =
      'No PBX is set up: calls and presence do not work. Set HOOKSWITCH_AMI_HOST and the AMI users, then start again.'
    return component('pbx', 'degraded', detail)
  }
  const { online, offlineSince } = pbx()
  if (online) return component('pbx', 'ok', 'The PBX is connected and takes commands.')
  const detail =
    'The PBX does not answer: no call can be placed or controlled, and phones show as unreachable. Sessions go on. Check that Asterisk runs, and the AMI address and users.'
  return component('pbx', 'down', detail, offlineSince)
}

async function checkRedis(needs: SystemStatusNeeds): Promise<Component> {
  if (!(await needs.isRedisResponding())) {
    const detail =
      'Redis does not answer: access is refused until it is back, and no session is lost. Check that Redis runs, and REDIS_URL.'
    return component('redis', 'down', detail)
  }
  if (needs.isRevocationFresh())
    return component('redis', 'ok', 'Redis answers, and revocations are current.')
  const detail =
    'Redis answers, but revocations are older than HOOKSWITCH_MAX_STALENESS allows: access is refused until they are read again. If this lasts, look at the log for revocation events.'
  return component('redis', 'degraded', detail)
}

async function checkSql({ isSqlResponding }: SystemStatusNeeds): Promise<Component> {
  if (await isSqlResponding()) return component('sql', 'ok', 'The database answers.')
  const detail =
    'The database does not answer: no user can log in, and lists and changes fail. Live sessions go on. Check DATABASE_URL, the server and the disk.'
  return component('sql', 'down', detail)
}

async function checkStreams({ streams }: SystemStatusNeeds): Promise<Component> {
  const { up, all } = await countUp(streams)
  if (up === all) return component('streams', 'ok', `${describeCount(up, all, 'stream instance')}.`)
  const what = `${describeCount(up, all, 'stream instance')}.`
  return up === 0
    ? component(
        'streams',
        'down',
        `${what} No client gets events or presence. The supervisor starts instances again: look at nginx’s error log.`,
      )
    : component(
        'streams',
        'degraded',
        `${what} Clients of the others reconnect and get their state again. The supervisor starts instances again: look at nginx’s error log if this lasts.`,
      )
}

async function checkSidecars({ sidecars }: SystemStatusNeeds): Promise<Component> {
  const { up, all } = await countUp(sidecars)
  if (up === all) return component('sidecar', 'ok', `${describeCount(up, all, 'sidecar')}.`)
  const detail = `${describeCount(up, all, 'sidecar')}. Files and streams behind a silent one are refused, and its streams are closed. The supervisor starts it again: look at its log if this lasts.`
  return component('sidecar', up === 0 ? 'down' : 'degraded', detail)
}

async function checkMail({ mailQueue }: SystemStatusNeeds): Promise<Component> {
  if (mailQueue === undefined) {
    const detail =
      'This installation sends no mail: hand invitations over as links, and set new passwords yourself. HOOKSWITCH_SMTP_URL names a mail server.'
    return component('mail', 'ok', detail)
  }
  const queue = await mailQueue().catch(() => undefined)
  if (queue === undefined) {
    return component('mail', 'degraded', 'The queue of mails cannot be read: see the database.')
  }
  const { waiting, failing, failingSince, lastError } = queue
  if (failing === 0) return component('mail', 'ok', `No mail fails; ${waiting} wait to be sent.`)
  const why = lastError === undefined ? '' : ` The last error: ${redact(lastError)}.`
  const detail = `${failing} of ${waiting} mails could not be sent and are tried again, for some hours at most.${why} Check HOOKSWITCH_SMTP_URL and the mail server.`
  return component('mail', 'degraded', detail, failingSince === undefined ? undefined : failingSince * 1000)
}

async function countUp(probes: readonly Probe[]): Promise<{ up: number; all: number }> {
  const answers = await Promise.all(probes.map((probe) => probe()))
  return { up: answers.filter(Boolean).length, all: probes.length }
}

const describeCount = (up: number, all: number, noun: string) =>
  `${up} of ${all} ${noun}${all === 1 ? '' : 's'} ${up === 1 ? 'answers' : 'answer'}`
