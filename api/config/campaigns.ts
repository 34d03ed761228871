import { z } from 'zod'
import { listOf } from '../../runtime/env.ts'
import { isTimeZone, NO_TIME_ZONE } from '../core/values/time-zone.ts'

const TRUNK = /^([A-Za-z0-9_.-]{1,64})=([1-9]\d{0,4})$/

/** How campaigns reach the outside, and whose clock they go by. */
export const campaignSettings = {
  HOOKSWITCH_TRUNKS: listOf().superRefine((trunks, { addIssue }) => {
    if (!trunks.every((one) => TRUNK.test(one))) {
      addIssue('must be endpoints with calls at once, such as telnyx=20,backup=5')
    } else if (boundsOf(trunks).size < trunks.length) addIssue('must name each endpoint once')
  }),
  HOOKSWITCH_TIME_ZONE: z.string().trim().refine(isTimeZone, NO_TIME_ZONE).optional(),
}

type Env = z.output<z.ZodObject<typeof campaignSettings>>

export const campaignsOf = (env: Env) => ({
  /** Calls at once, by the endpoint's name on the PBX. */
  trunks: boundsOf(env.HOOKSWITCH_TRUNKS),
  timeZone: env.HOOKSWITCH_TIME_ZONE ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
})

function boundsOf(trunks: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    trunks.map((one) => {
      const [, name = '', calls] = TRUNK.exec(one) ?? []
      return [name, Number(calls)]
    }),
  )
}
