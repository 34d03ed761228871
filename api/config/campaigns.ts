import { z } from 'zod'
import { commaSeparated } from '../../runtime/env.ts'
import { INVALID_TIME_ZONE, isTimeZone } from '../core/values/time-zone.ts'

const TRUNK = /^([A-Za-z0-9_.-]{1,64})=([1-9]\d{0,4})$/

/** The trunks of campaigns, and their time zone. */
export const campaignSettings = {
  HOOKSWITCH_TRUNKS: commaSeparated().superRefine((trunks, { addIssue }) => {
    if (!trunks.every((one) => TRUNK.test(one))) {
      addIssue('must be endpoints with calls at once, such as telnyx=20,backup=5')
    } else if (parseTrunks(trunks).size < trunks.length) addIssue('must name each endpoint once')
  }),
  HOOKSWITCH_TIME_ZONE: z.string().trim().refine(isTimeZone, INVALID_TIME_ZONE).optional(),
}

type Env = z.output<z.ZodObject<typeof campaignSettings>>

export const toCampaignConfig = (env: Env) => ({
  /** Calls at once, by the endpoint's name on the PBX. */
  trunks: parseTrunks(env.HOOKSWITCH_TRUNKS),
  timeZone: env.HOOKSWITCH_TIME_ZONE ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
})

function parseTrunks(trunks: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    trunks.map((one) => {
      const [, name = '', calls] = TRUNK.exec(one) ?? []
      return [name, Number(calls)]
    }),
  )
}
