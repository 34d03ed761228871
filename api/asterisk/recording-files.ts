import type { Fact, PbxTime } from '../core/calls/pbx-events.ts'
import type { AmiTransport } from './ami-client.ts'
import type { AmiMessage } from './ami-codec.ts'
import { AmiError } from './ami-error.ts'
import { channelIdOf } from './validate-fields.ts'

export interface RecordingFilesNeeds {
  control: AmiTransport
  /** The folder that the PBX records into, as it names it; undefined for `monitor` below its spool folder. */
  folder: string | undefined
  /** Whether this AMI user may read variables. */
  mayAsk(): boolean
  onFact(fact: Fact): void
  onTrouble(what: string, why: unknown): void
}

/**
 * Asks for the name of each file as its recording begins, as the event does not have it. MixMonitor leaves the name
 * in a variable of the channel, that of the last one where several begin in the same moment.
 */
export function createRecordingFiles({ control, folder, mayAsk, onFact, onTrouble }: RecordingFilesNeeds) {
  let known: Promise<string> | undefined

  return {
    /** @param at of the event, as its facts have it */
    async hear({ name, fields }: AmiMessage, at: PbxTime): Promise<void> {
      const id = fields.uniqueid
      if (name !== 'MixMonitorStart' || !id || !mayAsk()) return
      try {
        const path = await read({ Channel: channelIdOf(id), Variable: 'MIXMONITOR_FILENAME' })
        known ??= rootFolder()
        const recordingFile = below(await known, path)
        if (recordingFile !== undefined) {
          onFact({ kind: 'channel', id, at, about: { recording: 'on', recordingFile } })
        }
      } catch (err) {
        known = undefined
        // A call that is over already has no variables.
        if (!(err instanceof AmiError && err.code === 'ami_refused')) {
          onTrouble('the name of a recording could not be read', err)
        }
      }
    },
    /** Another PBX may answer from now on. */
    forget() {
      known = undefined
    },
  }

  async function rootFolder(): Promise<string> {
    return folder ?? `${await read({ Variable: 'ASTSPOOLDIR' })}/monitor`
  }

  async function read(fields: { Channel?: string; Variable: string }): Promise<string> {
    const answer = await control.action({ Action: 'Getvar', ...fields })
    return answer.fields.value ?? ''
  }
}

/** @returns what is left of a path below a folder; undefined for one that is elsewhere */
export function below(folder: string, path: string): string | undefined {
  const start = `${folder.replace(/\/+$/, '')}/`
  return start !== '/' && path.startsWith(start) ? path.slice(start.length) : undefined
}
