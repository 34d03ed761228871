export const PBX_LINK_STATES = ['not_configured', 'registered', 'connecting', 'failed'] as const
export type PbxLinkState = (typeof PBX_LINK_STATES)[number]

/** How the way to the PBX is. It is tried for ever, so `failed` only says that it has not worked for a while. */
export interface PbxLinkStatus {
  state(): PbxLinkState
  /** Looks. Call it every second or so. */
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
