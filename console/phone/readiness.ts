import type { CallStore } from './call-store.ts'
import type { Registration } from './phone-types.ts'

/** What observers see as the registration: that of the line, or that no call is possible without a microphone. */
export interface Readiness {
  set(registration: Registration): void
  /** Asks for the microphone, and shows a refusal until it is granted. */
  prepareMicrophone(): Promise<void>
}

export function createReadiness(store: CallStore, askForMicrophone: () => Promise<void>): Readiness {
  let registration: Registration = { state: 'offline' }
  let isDenied = false
  const publish = () =>
    store.setRegistration(
      isDenied && registration.state !== 'blocked'
        ? { state: 'blocked', reason: 'microphone_denied' }
        : registration,
    )
  return {
    set(next) {
      registration = next
      publish()
    },
    async prepareMicrophone() {
      try {
        await askForMicrophone()
        isDenied = false
      } catch (err) {
        isDenied = true
        throw err
      } finally {
        publish()
      }
    },
  }
}
