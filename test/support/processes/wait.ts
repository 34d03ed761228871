import { once } from 'node:events'

/** Reports that this process is loaded and waits for `go`, so that several start at the same moment. */
export async function waitForGo(): Promise<{ url: string }> {
  process.send?.('ready')
  await once(process, 'message')
  // Nothing more comes, and an open channel would keep the process alive.
  process.disconnect?.()
  return { url: process.argv[1] ?? '' }
}
