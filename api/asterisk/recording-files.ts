import type { PbxEvent, PbxTime } from '../core/calls/pbx-events.ts'
import type { AmiClient } from './ami-client.ts'
import type { AmiMessage } from './ami-codec.ts'
import { AmiError } from './ami-error.ts'
import type { AmiFailureHandler } from './ami-failure.ts'
import { requireChannelId } from './validate-fields.ts'

export interface RecordingFilesNeeds {
  control: AmiClient
  /** The folder of recordings, as the PBX names it; undefined for `monitor` below its spool folder. */
  folder: string | undefined
  /** Whether this AMI user may read variables. */
  canReadVariables(): boolean
  onEvent(event: PbxEvent): void
  onError: AmiFailureHandler
}

/**
 * Reads the file name of each recording as it begins, as the event does not contain it. MixMonitor sets it in
 * a channel variable, which holds the last name when several begin at the same moment.
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
    /** @param at time of the event, as its PBX events have it */
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
        // A channel that has already ended has no variables.
        if (!(err instanceof AmiError && err.code === 'ami_refused')) {
          onError('recording_name_failed', 'the name of a recording could not be read', err)
        }
      }
    },
    /** Call it after a reconnect: the PBX may be another one. */
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

/** @returns the part of a path below a folder; undefined for a path elsewhere */
export function pathBelow(folder: string, path: string): string | undefined {
  const start = `${folder.replace(/\/+$/, '')}/`
  return start !== '/' && path.startsWith(start) ? path.slice(start.length) : undefined
}
