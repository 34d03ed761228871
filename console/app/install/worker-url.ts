const WORKER_PATH = '/console/service-worker.js'

/** Of the browsers that enforce Trusted Types; the others have no such global. */
interface TrustedTypePolicies {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): string
  }
}

/**
 * The URL of the service worker, as the content policy demands it: by the one policy that the policy permits
 * (`trusted-types hookswitch`), which accepts this one path. So no other text of the page can become code.
 */
export function workerUrl(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypePolicies }
  const policy = trustedTypes?.createPolicy('hookswitch', {
    createScriptURL(url) {
      if (url !== WORKER_PATH) throw new TypeError('not the service worker')
      return url
    },
  })
  return policy?.createScriptURL(WORKER_PATH) ?? WORKER_PATH
}
