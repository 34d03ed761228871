import type { PbxEvent, PbxTime } from '../core/calls/pbx-events.ts'
import type { AmiClient } from './ami-client.ts'
import type { AmiMessage } from './ami-codec.ts'
import { AmiError } from './ami-error.ts'
import type { AmiFailureHandler } from './ami-failure.ts'
import { requireChannelId } from './validate-fields.ts'

export interface RecordingFilesNeeds {
  control: AmiClient
  /** The folder that the PBX records into, as it names it; undefined for `monitor` below its spool folder. */
  folder: string | undefined
  /** Whether this AMI user may read variables. */
  canReadVariables(): boolean
  onEvent(fact: PbxEvent): void
  onError: AmiFailureHandler
}

/**
 * Asks for the name of each file as its recording begins, as the event does not have it. MixMonitor leaves the name
 * in a variable of the channel, that of the last one where several begin in the same moment.
 */
export function createRecordingFiles({
  control,
  folder,
  canReadVariables,
  onEvent,
  onError,
}: RecordingFilesNeeds) {
  let rootFolderRead: Promise<string> | undefined

  return {
    /** @param at of the event, as its facts have it */
    async handle({ name, fields }: AmiMessage, at: PbxTime): Promise<void> {
      const id = fields.uniqueid
      if (name !== 'MixMonitorStart' || !id || !canReadVariables()) return
      try {
        const path = await getVariable({ Channel: requireChannelId(id), Variable: 'MIXMONITOR_FILENAME' })
        rootFolderRead ??= rootFolder()
        const recordingFile = pathBelow(await rootFolderRead, path)
        if (recordingFile !== undefined) {
          onEvent({ kind: 'channel', id, at, changes: { recording: 'on', recordingFile } })
        }
      } catch (err) {
        rootFolderRead = undefined
        // A call that is over already has no variables.
        if (!(err instanceof AmiError && err.code === 'ami_refused')) {
          onError('recording_name_failed', 'the name of a recording could not be read', err)
        }
      }
    },
    /** Another PBX may answer from now on. */
    reset() {
      rootFolderRead = undefined
    },
  }

  async function rootFolder(): Promise<string> {
    return folder ?? `${await getVariable({ Variable: 'ASTSPOOLDIR' })}/monitor`
  }

  async function getVariable(fields: { Channel?: string; Variable: string }): Promise<string> {
    const answer = await control.action({ Action: 'Getvar', ...fields })
    return answer.fields.value ?? ''
  }
}

/** @returns what is left of a path below a folder; undefined for one that is elsewhere */
export function pathBelow(folder: string, path: string): string | undefined {
  const start = `${folder.replace(/\/+$/, '')}/`
  return start !== '/' && path.startsWith(start) ? path.slice(start.length) : undefined
}
