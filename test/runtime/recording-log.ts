import { createLog, type Logger } from '../../runtime/log.ts'

export interface RecordingLog {
  log: Logger
  /** The messages so far. */
  messages: string[]
  /** The events so far. */
  events: string[]
}

/** A real log that writes to memory. */
export function createRecordingLog(): RecordingLog {
  const messages: string[] = []
  const events: string[] = []
  const write = (line: string) => {
    const { msg, event } = JSON.parse(line) as { msg: string; event: string } // one line of a log has both
    messages.push(msg)
    events.push(event)
  }
  return { log: createLog('test', 'info', { write }), messages, events }
}
