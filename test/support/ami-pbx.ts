import { type Action, type AmiHandler, type AmiServer, startAmiServer, successReply } from './ami-server.ts'

/** A PBX of nothing but AMI, for a whole stack: it sends the events a test gives it, and accepts every action. */
export interface AmiPbx {
  /** What a stack must know of it. */
  env: Record<string, string>
  server: AmiServer
  /** Whether both users are logged in. */
  isConnected(): boolean
  /** Sent to each connection that receives events. */
  sendEvents(events: string): void
  /** Every order there was, without what any link asks by itself. */
  controlActions(): Action[]
  /** How often the link of events was opened. */
  eventConnections(): number
  stop(): Promise<void>
}

export interface AmiPbxOptions {
  handlers?: Record<string, AmiHandler>
  /** Listed beside the channels that were reported and have not hung up; each as its lines. */
  devices?: () => string[][]
}

const CONTROL_ACTIONS = [
  ...['Originate', 'Hangup', 'BlindTransfer', 'Atxfer', 'CancelAtxfer', 'PlayDTMF', 'Park', 'MuteAudio'],
  ...['MixMonitorMute', 'ShowDialPlan', 'PJSIPNotify'],
]
const ROUTINE_ACTIONS = [
  'Login',
  'Ping',
  'ListCommands',
  'CoreShowChannels',
  'DeviceStateList',
  'ParkedCalls',
]

const CHANNEL_EVENTS = /^Event: (Newchannel|Hangup)\r\n(?:.+\r\n)*?Uniqueid: ([^\r]+)/gm

export async function startAmiPbx(options: AmiPbxOptions = {}): Promise<AmiPbx> {
  const { handlers = {}, devices = () => [] } = options
  const open = new Set<string>()
  const server = await startAmiServer({
    handlers: {
      Ping: (session, action) => successReply('Ping: Pong', `Timestamp: ${timestamp()}`)(session, action),
      ListCommands: successReply(
        ...[...CONTROL_ACTIONS, ...ROUTINE_ACTIONS].map((name) => `${name}: What it does.`),
      ),
      CoreShowChannels: list(() => [...open].map((id) => ['Event: CoreShowChannel', `Uniqueid: ${id}`])),
      DeviceStateList: list(devices),
      ParkedCalls: list(() => []),
      ...Object.fromEntries(CONTROL_ACTIONS.map((name) => [name, successReply('Message: Done')])),
      ...handlers,
    },
  })
  const linksOf = (user: string) => server.sessions.filter(({ actions }) => actions[0]?.username === user)
  return {
    env: {
      HOOKSWITCH_AMI_HOST: '127.0.0.1',
      HOOKSWITCH_AMI_PORT: String(server.port),
      HOOKSWITCH_AMI_EVENTS_SECRET: 'sesame',
      HOOKSWITCH_AMI_CONTROL_SECRET: 'sesame',
      HOOKSWITCH_DIAL_CONTEXT: 'internal',
    },
    server,
    isConnected: () =>
      ['events', 'control'].every((one) => linksOf(`hookswitch-${one}`).some(({ socket }) => !socket.closed)),
    sendEvents(events) {
      for (const [, event, id = ''] of events.matchAll(CHANNEL_EVENTS)) {
        if (event === 'Newchannel') open.add(id)
        else open.delete(id)
      }
      linksOf('hookswitch-events').at(-1)?.raw(events)
    },
    controlActions: () =>
      server.sessions
        .flatMap(({ actions }) => actions)
        .filter(({ action = '' }) => !ROUTINE_ACTIONS.includes(action)),
    eventConnections: () => linksOf('hookswitch-events').length,
    stop: () => server.stop(),
  }
}

/** As Asterisk writes a time: seconds and microseconds. */
export const timestamp = (ms = Date.now()): string => (ms / 1000).toFixed(6)

const list =
  (items: () => string[][]): AmiHandler =>
  (session, { actionid }) => {
    const all = [
      ['Response: Success', 'EventList: start'],
      ...items(),
      ['Event: Done', 'EventList: Complete'],
    ]
    session.raw(all.map((lines) => `${lines.join('\r\n')}\r\nActionID: ${actionid}\r\n\r\n`).join(''))
  }
