/** How long a sidecar may be unresponsive before the API cuts its streams, in ms. */
export const SIDECAR_TIMEOUT_MS = 2_000

/** The file in which a sidecar stores the name of the shared channel (`cohort/<name>`) of the streams it admitted. */
export const cohortFileOf = (sidecarSocket: string): string => `${sidecarSocket}.cohort`

/** Whether a text is the name of such a channel. */
export const isCohortId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text)
