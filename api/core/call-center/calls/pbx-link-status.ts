export const PBX_LINK_STATES = ['not_configured', 'registered', 'connecting', 'failed'] as const
export type PbxLinkState = (typeof PBX_LINK_STATES)[number]

/** Status of the connection to the PBX. The API reconnects without limit: `failed` means offline for ten seconds or more. */
export interface PbxLinkStatus {
  state(): PbxLinkState
  /** Records whether the PBX is online. Call it about once a second. */
  check(): void
}

const FAILED_AFTER_MS = 10_000

export function createPbxLinkStatus(needs: {
  hasPbx: boolean
  isOnline: () => boolean
  monotonic: () => number
}): PbxLinkStatus {
  const { hasPbx, isOnline, monotonic } = needs
  let lastOnlineAt = monotonic()
  const check = () => {
    if (isOnline()) lastOnlineAt = monotonic()
  }
  return {
    check,
    state() {
      if (!hasPbx) return 'not_configured'
      check()
      if (isOnline()) return 'registered'
      return monotonic() - lastOnlineAt < FAILED_AFTER_MS ? 'connecting' : 'failed'
    },
  }
}
