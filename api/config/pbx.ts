import { z } from 'zod'
import { booleanFlag, wholeNumber } from '../../runtime/env.ts'
import { parseRecordingTemplate } from '../core/calls/recording-template.ts'
import { SUPERVISION_LEVELS } from '../core/calls/supervision/supervision.ts'
import { DEFAULT_WEB_ENDPOINT, WEB_ENDPOINT_TEMPLATE } from '../core/provisioning/web-endpoint.ts'

const NAME = /^[A-Za-z0-9_-]{1,64}$/
const context = z.string().regex(NAME, 'must be a dialplan context: letters, digits, _ and -')

/** The PBX. Without `HOOKSWITCH_AMI_HOST` there is no PBX, and no calls. */
export const pbxSettings = {
  HOOKSWITCH_AMI_HOST: z.string().optional(),
  HOOKSWITCH_AMI_PORT: wholeNumber('', 1, 65_535).default(5038),
  HOOKSWITCH_AMI_TLS: booleanFlag(),
  HOOKSWITCH_AMI_TLS_CA: z.string().optional(),
  HOOKSWITCH_AMI_EVENTS_USER: z.string().default('hookswitch-events'),
  HOOKSWITCH_AMI_EVENTS_SECRET: z.string().optional(),
  HOOKSWITCH_AMI_CONTROL_USER: z.string().default('hookswitch-control'),
  HOOKSWITCH_AMI_CONTROL_SECRET: z.string().optional(),
  HOOKSWITCH_ENDPOINT: z
    .string()
    .regex(
      /^[A-Za-z0-9_-]{0,40}\{extension\}[A-Za-z0-9_-]{0,40}$/,
      'must hold {extension}, as in {extension}',
    )
    .default('{extension}'),
  HOOKSWITCH_WEB_ENDPOINT: z
    .string()
    .regex(WEB_ENDPOINT_TEMPLATE, 'must hold {extension} and another character, as in {extension}-web')
    .default(DEFAULT_WEB_ENDPOINT),
  HOOKSWITCH_DIAL_CONTEXT: context.default('from-internal'),
  HOOKSWITCH_TRANSFER_CONTEXT: context.optional(),
  HOOKSWITCH_PARKING_LOT: context.optional(),
  HOOKSWITCH_RING_SECONDS: wholeNumber('seconds', 5, 300).default(30),
  HOOKSWITCH_DIAL_POLICY: z.string().optional(),
  HOOKSWITCH_RECORDING: z
    .string()
    .superRefine((text, { addIssue }) => {
      try {
        parseRecordingTemplate(text)
      } catch (err) {
        addIssue(err instanceof Error ? err.message : 'cannot be read')
      }
    })
    .optional(),
  HOOKSWITCH_RECORDING_FOLDER: z
    .string()
    .regex(/^(?:\/[^/\p{Cc}]+)+\/?$/u, 'must be an absolute path')
    .optional(),
  HOOKSWITCH_RING_CONTEXT: context.optional(),
  HOOKSWITCH_ANSWER_BY_NOTIFY: booleanFlag(),
  HOOKSWITCH_SUPERVISION: z.enum(SUPERVISION_LEVELS).default('off'),
  HOOKSWITCH_SUPERVISION_NOTICE: z.enum(['on', 'off']).default('on'),
}

type Env = z.output<z.ZodObject<typeof pbxSettings>>

/**
 * A PBX needs both secrets: a missing one must fail at start, not at the first call. And a browser that shared the desk
 * phone's endpoint would take its calls.
 */
export function validatePbx(env: Env, ctx: z.core.$RefinementCtx<Env>): void {
  if (env.HOOKSWITCH_WEB_ENDPOINT === env.HOOKSWITCH_ENDPOINT) {
    const message = 'must differ from HOOKSWITCH_ENDPOINT, which names the desk phones'
    ctx.addIssue({ code: 'custom', path: ['HOOKSWITCH_WEB_ENDPOINT'], message })
  }
  if (env.HOOKSWITCH_AMI_HOST === undefined) return
  for (const name of ['HOOKSWITCH_AMI_EVENTS_SECRET', 'HOOKSWITCH_AMI_CONTROL_SECRET'] as const) {
    if (env[name] !== undefined) continue
    ctx.addIssue({
      code: 'custom',
      path: [name],
      message: `is not set: ${name}_FILE names the file with the secret of manager.conf`,
    })
  }
}

/** The PBX's AMI socket. */
export interface AmiAddress {
  host: string
  port: number
  tls: boolean
  /** A PEM file with the CA of the PBX's certificate. */
  tlsCaPath: string | undefined
}

export interface PbxConfig extends AmiAddress {
  events: { username: string; secret: string }
  control: { username: string; secret: string }
  dialContext: string
  transferContext: string
  parkingLot: string | undefined
  ringContext: string | undefined
  /** The PBX's own path of its recording folder; undefined for `monitor` below its spool folder. */
  recordingFolder: string | undefined
}

export const toAmiAddress = (env: Env): AmiAddress => ({
  host: env.HOOKSWITCH_AMI_HOST ?? '',
  port: env.HOOKSWITCH_AMI_PORT,
  tls: env.HOOKSWITCH_AMI_TLS,
  tlsCaPath: env.HOOKSWITCH_AMI_TLS_CA,
})

export const toPbxConfig = (env: Env) => ({
  pbx:
    env.HOOKSWITCH_AMI_HOST === undefined
      ? undefined
      : ({
          ...toAmiAddress(env),
          events: {
            username: env.HOOKSWITCH_AMI_EVENTS_USER,
            secret: env.HOOKSWITCH_AMI_EVENTS_SECRET ?? '',
          },
          control: {
            username: env.HOOKSWITCH_AMI_CONTROL_USER,
            secret: env.HOOKSWITCH_AMI_CONTROL_SECRET ?? '',
          },
          dialContext: env.HOOKSWITCH_DIAL_CONTEXT,
          transferContext: env.HOOKSWITCH_TRANSFER_CONTEXT ?? env.HOOKSWITCH_DIAL_CONTEXT,
          parkingLot: env.HOOKSWITCH_PARKING_LOT,
          ringContext: env.HOOKSWITCH_RING_CONTEXT,
          recordingFolder: env.HOOKSWITCH_RECORDING_FOLDER,
        } satisfies PbxConfig),
  endpointTemplate: env.HOOKSWITCH_ENDPOINT,
  webEndpointTemplate: env.HOOKSWITCH_WEB_ENDPOINT,
  ringMs: env.HOOKSWITCH_RING_SECONDS * 1000,
  dialPolicyPath: env.HOOKSWITCH_DIAL_POLICY,
  recordingTemplate: env.HOOKSWITCH_RECORDING,
  answerByNotify: env.HOOKSWITCH_ANSWER_BY_NOTIFY,
  supervision: env.HOOKSWITCH_SUPERVISION,
  supervisionNotice: env.HOOKSWITCH_SUPERVISION_NOTICE === 'on',
})
