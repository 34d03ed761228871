import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { configurePhone } from '../../bin/stack/phone-conf.ts'
import type { AsteriskServer } from './asterisk.ts'
import { freeLowPort } from './free-port.ts'
import { createNetstrings } from './netstrings.ts'
import { detectTone } from './tone-detector.ts'

/** `calling`: it rings elsewhere; `ringing`: it rings here. */
export type PhoneState = 'idle' | 'calling' | 'ringing' | 'up'

/** A real SIP phone (baresip), driven as by a hand. Each deed is over when the phone took the order. */
export interface Phone {
  readonly extension: string
  /** Whether the PBX has taken its registration. */
  readonly registered: boolean
  /** Of its newest call that is not over. */
  state(): PhoneState
  /** What ended its newest call, in the words of the PBX or the other phone; empty for a plain hang-up. */
  lastHangupReason(): string | undefined
  /** All digits that the other ends have sent so far. */
  receivedDigits(): string
  dial(number: string): Promise<void>
  accept(): Promise<void>
  /** 486, the only refusal of this phone; sipp sends 603 (`startScriptedPhones`). */
  reject(): Promise<void>
  /** No call is no fault: the other end may have been first. */
  hangup(): Promise<void>
  hold(): Promise<void>
  resume(): Promise<void>
  /** Blind, by REFER. */
  transfer(number: string): Promise<void>
  /** As the keys of the phone send them: RFC 4733. */
  digits(digits: string): Promise<void>
  /**
   * Records for a moment what it receives; only with `records`.
   * @param hertz tones of other phones
   * @returns the part of the time that each of them was there, 0 to 1
   */
  tonesReceived(...hertz: number[]): Promise<number[]>
  /** Takes its registration back and ends. */
  stop(): Promise<void>
}

interface PhoneEvent {
  type: string
  id?: string
  param?: string
}

/**
 * Starts the phone of an extension and waits until it is registered.
 * @throws with its log when it is not within 10 s
 */
export async function startPhone(
  { programs, sipPort, secretOf }: Pick<AsteriskServer, 'programs' | 'sipPort' | 'secretOf'>,
  extension: string,
  {
    answer = 'auto',
    tone = 440,
    records = false,
  }: { answer?: 'auto' | 'manual'; tone?: number; records?: boolean } = {},
): Promise<Phone> {
  const folder = mkdtempSync(join(tmpdir(), `phone-${extension}-`))
  const controlPort = await freeLowPort()
  const recording = join(folder, 'received.wav')
  const args = configurePhone({
    asterisk: programs,
    folder,
    extension,
    secret: secretOf(extension),
    sipPort,
    answer,
    tone,
    controlPort,
    ...(records && { recording }),
  })
  const log = openSync(join(folder, 'log'), 'w')
  // If the tests are killed, it gets SIGTERM.
  const child = spawn('setpriv', ['--pdeathsig=TERM', programs.baresip, ...args, '-s'], {
    cwd: folder,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const gone = new Promise<void>((resolve) =>
    child.once('exit', () => resolve()).once('error', () => resolve()),
  )
  const isGone = () => child.exitCode !== null || child.signalCode !== null

  const calls = new Map<string, PhoneState>()
  let registered = false
  let refused = false
  let lastEnd: string | undefined
  let heardDigits = ''
  const replies = new Map<string, (reply: { ok: boolean; data: string }) => void>()
  let commandCount = 0
  const onData = createNetstrings((text) => {
    const message = JSON.parse(text)
    if (message.response === true) {
      replies.get(message.token)?.(message)
      replies.delete(message.token)
    } else if (message.event === true) onEvent(message)
  })

  let control: Socket | undefined
  const sendCommand = async (command: string, params = ''): Promise<string> => {
    commandCount += 1
    const token = String(commandCount)
    const text = JSON.stringify({ command, params, token })
    const answered = new Promise<{ ok: boolean; data: string }>((resolve) => replies.set(token, resolve))
    control?.write(`${Buffer.byteLength(text)}:${text},`)
    const reply = await Promise.race([answered, gone])
    if (!reply?.ok) throw new Error(`phone ${extension} would not ${command}: ${reply?.data ?? 'it is gone'}`)
    return reply.data
  }
  const command = async (command: string, params?: string): Promise<void> => {
    await sendCommand(command, params)
  }
  const stop = async () => {
    control?.destroy()
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 3_000)
    if (!isGone()) await gone
    clearTimeout(late)
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }

  try {
    const deadline = performance.now() + 10_000
    while (!registered) {
      if (refused || isGone() || performance.now() > deadline) {
        throw new Error(`phone ${extension} did not register:\n${readFileSync(join(folder, 'log'), 'utf8')}`)
      }
      control ??= await connectControl(controlPort, onData)
      // The result may have been reported before we listened.
      const known = control === undefined ? '' : await sendCommand('reginfo')
      if (/ERR/.test(known)) refused = true
      else if (/OK/.test(known)) registered = true
      else await sleep(20)
    }
  } catch (err) {
    await stop()
    throw err
  }
  /** The PBX reports a call before the phone has its INVITE. */
  async function commandOnCall(name: 'accept' | 'hangup') {
    const deadline = performance.now() + 5_000
    while (calls.size === 0 && performance.now() < deadline) await sleep(10)
    await command(name)
  }
  return {
    extension,
    get registered() {
      return registered && !isGone()
    },
    state: () => [...calls.values()].at(-1) ?? 'idle',
    lastHangupReason: () => lastEnd,
    receivedDigits: () => heardDigits,
    dial: (number) => command('dial', number),
    accept: () => commandOnCall('accept'),
    reject: () => commandOnCall('hangup'),
    async hangup() {
      await command('hangup').catch((err: Error) => {
        if (!err.message.includes('no active call')) throw err
      })
    },
    hold: () => command('hold'),
    async resume() {
      // It does resume, although it reports "Invalid argument".
      await command('resume').catch(() => {})
    },
    transfer: (number) => command('transfer', number),
    digits: (digits) => command('sndcode', digits),
    async tonesReceived(...hertz) {
      const before = readFileSync(recording).length
      await sleep(1_500)
      // The detector skips a header, which is at the beginning of the file alone.
      const sound = readFileSync(recording).subarray(Math.max(0, before - WAV_HEADER))
      return hertz.map((one) => {
        const windows = detectTone(sound, one)
        if (windows.length === 0) throw new Error(`phone ${extension} received nothing`)
        return windows.filter((window) => window === '#').length / windows.length
      })
    },
    stop,
  }

  function onEvent({ type, id = '', param }: PhoneEvent) {
    if (type === 'REGISTER_OK') registered = true
    if (type === 'REGISTER_FAIL' || type === 'UNREGISTERING') registered = false
    if (type === 'CALL_CLOSED') {
      calls.delete(id)
      lastEnd = param ?? ''
    }
    const state = STATES[type]
    if (state !== undefined) calls.set(id, state)
    if (type === 'CALL_DTMF_START') heardDigits += param ?? ''
  }
}

/** Even, so that samples stay whole. */
const WAV_HEADER = 44

const STATES: Record<string, PhoneState> = {
  CALL_INCOMING: 'ringing',
  CALL_OUTGOING: 'calling',
  CALL_RINGING: 'calling',
  CALL_PROGRESS: 'calling',
  CALL_ESTABLISHED: 'up',
}

function connectControl(port: number, hear: (bytes: Buffer) => void): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('data', hear).on('error', () => resolve(undefined))
  })
}
