import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import {
  JOB_STATES,
  type ProvisioningJob,
  type ProvisioningJobs,
} from '../../core/provisioning/provisioning-jobs.ts'
import type { Guard, Guarded } from '../guard.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { actedBy } from './acted-by.ts'
import { ListQuery, nextCursor, paged, readCursor } from './paging.ts'
import { adminProblems, json, problem, security } from './responses.ts'
import { UserId } from './wire.ts'

export interface ProvisioningRoutesNeeds {
  guard: Guard
  jobs: Pick<ProvisioningJobs, 'list' | 'retry'>
}

const JobId = z
  .string()
  .regex(/^\d{1,32}$/, 'must be the id of a job')
  .openapi({ example: '1004' })
const JobState = z.enum(JOB_STATES).openapi({
  description:
    '`waiting` for its first attempt, `failing` and tried again, `stuck` as no API tries it, or `external`: the PBX has this extension from elsewhere',
})
const JobJson = z
  .object({
    id: JobId.openapi({ description: 'The extension' }),
    extension: z.string(),
    action: z.enum(['create', 'remove', 'none']).openapi({ description: 'What is to be done on the PBX' }),
    state: JobState,
    user_id: UserId.nullable(),
    username: z.string().nullable(),
    attempts: z.number().int().min(0),
    since: Time,
    next_try_at: Time.nullable(),
    last_error: z.string().nullable().openapi({ description: 'Without secrets' }),
  })
  .openapi('ProvisioningJob')
const JobListJson = z.object({ jobs: z.array(JobJson), ...paged }).openapi('ProvisioningJobList')

const toJobJson = (job: ProvisioningJob): z.output<typeof JobJson> => ({
  id: job.extension,
  extension: job.extension,
  action: job.action,
  state: job.state,
  user_id: job.userId,
  username: job.username,
  attempts: job.attempts,
  since: toIsoTime(job.since),
  next_try_at: job.nextTryAt === null ? null : toIsoTime(job.nextTryAt),
  last_error: job.lastError,
})

const tags = ['provisioning']

/** Extensions that the PBX does not have as they should be. */
export function addProvisioningRoutes(
  app: OpenAPIHono<Guarded>,
  { guard, jobs }: ProvisioningRoutesNeeds,
): void {
  const admin = guard({ roles: ['admin'] })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/provisioning/jobs',
      operationId: 'listProvisioningJobs',
      summary: 'Extensions that the PBX does not have as they should be, and why (admin)',
      tags,
      security,
      middleware: admin,
      request: { query: ListQuery.extend({ state: JobState.optional() }) },
      responses: { 200: json(JobListJson, 'A page of them'), ...adminProblems },
    }),
    async (c) => {
      const { limit, cursor, state } = c.req.valid('query')
      const after = readCursor(cursor, z.tuple([z.string()]))?.[0] ?? ''
      const all = await jobs.list({ state })
      const page = all.filter(({ extension }) => extension > after).slice(0, limit)
      return c.json(
        {
          jobs: page.map(toJobJson),
          next_cursor: nextCursor(page, limit, ({ extension }) => [extension]),
          total: all.length,
        },
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/provisioning/jobs/{jobId}/retry',
      operationId: 'retryProvisioningJob',
      summary: 'Try again now (admin)',
      tags,
      security,
      middleware: admin,
      request: { params: z.object({ jobId: JobId }) },
      responses: {
        202: { description: 'A running API tries it within seconds' },
        404: problem('Nothing is to be done for this extension'),
        409: problem('The PBX has the extension from elsewhere'),
        ...adminProblems,
      },
    }),
    async (c) => {
      await jobs.retry(c.req.valid('param').jobId, actedBy(c))
      return c.body(null, 202)
    },
  )
}
