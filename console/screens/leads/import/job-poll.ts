import { ApiError, type Wire } from '../../../api/client.ts'

type Job = Pick<Wire<'LeadImportDetail'>, 'state'> & { undo: Pick<Wire<'LeadImportDetail'>['undo'], 'state'> }

const POLL_MS = 500
/** After a failure that may pass. */
const RETRY_MS = 5_000

export const isUnderWay = ({ state, undo }: Job) => state === 'running' || undo.state === 'running'

/** When to load an import again, in ms; false: never, as after 403 or 404. */
export function nextPoll(job: Job | undefined, error: Error | null): number | false {
  if (error instanceof ApiError && !error.isTemporary && error.status !== 429) return false
  if (error !== null) return RETRY_MS
  return job === undefined || isUnderWay(job) ? POLL_MS : false
}
