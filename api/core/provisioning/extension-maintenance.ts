import { toUnixSeconds } from '../../../runtime/time.ts'
import type { ExtensionProvisioning } from './extension-provisioning.ts'
import type { ExtensionStore } from './extensions.ts'

export interface ExtensionMaintenanceNeeds {
  store: Pick<ExtensionStore, 'releaseQuarantined'>
  /** Undefined if no PBX is configured that creates extensions. */
  provisioning: Pick<ExtensionProvisioning, 'tick'> | undefined
  /** Seconds. */
  quarantine: number
  now: () => number
}

/** Periodic work on extensions. */
export interface ExtensionMaintenance {
  /** Pause between two rounds, in ms. */
  intervalMs: number
  tick(): Promise<void>
}

/** Ends quarantines, also of numbers that an administrator assigned by hand, and continues pending provisioning. */
export const createExtensionMaintenance = ({
  store,
  provisioning,
  quarantine,
  now,
}: ExtensionMaintenanceNeeds): ExtensionMaintenance => ({
  intervalMs: provisioning === undefined ? 600_000 : 5_000,
  async tick() {
    await store.releaseQuarantined(toUnixSeconds(now()) - quarantine)
    await provisioning?.tick()
  },
})
