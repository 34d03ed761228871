import type { z } from 'zod'
import { Config as Api } from '../../api/config/config.ts'
import { StartSettings } from '../../bin/stack/settings.ts'
import { commonSettings } from '../../contract/common-settings.ts'
import { SidecarConfig as Sidecar } from '../../sidecar/config.ts'

/** The settings of one program, each with its schema. */
export type Shape = Record<string, z.ZodType>
export const shapes: Shape[] = [commonSettings, StartSettings.in.shape, Sidecar.in.shape, Api.in.shape]

/** The unit of a whole number, from the error that its schema reports. */
export const unitOf = (schema: z.ZodType) =>
  /whole number of ([\w ]+)/.exec(schema.safeParse('no number').error?.issues[0]?.message ?? '')?.[1]
