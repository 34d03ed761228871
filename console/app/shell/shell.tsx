import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { ApiError, createApi } from '../../api/client.ts'
import { type ConsoleContext, ConsoleProvider, useStore } from '../console-context.ts'
import { startWorker } from '../install/worker-link.ts'
import { createLive } from '../live/live.ts'
import { createPhoneHost } from '../phone/phone-host.ts'
import type { Session } from '../session/session.ts'
import { createChannelScope, type TabChannel } from '../session/tab-channel.ts'
import type { SessionClaims } from '../session/token-claims.ts'
import { router } from './router.tsx'

const MAX_RETRIES = 4

/** The signed-in console of one user. */
export default function Shell({
  session,
  channel,
  claims,
}: {
  session: Session
  channel: TabChannel
  claims: SessionClaims
}) {
  const [{ context, queries, scope }] = useState(() => {
    const scope = createChannelScope(channel)
    const api = createApi(session)
    const live = createLive(session, api, scope)
    const phone = createPhoneHost({ session, api, live, channel: scope })
    const context: ConsoleContext = { session, claims, api, live, phone, channel: scope }
    return { context, queries: createQueries(), scope }
  })
  useEffect(() => {
    const close = scope.open()
    // What the leader has sent while this tab was loading is missed.
    if (!session.isLeader.get()) scope.send({ type: 'hello' })
    return close
  }, [scope, session])
  useEffect(startWorker, [])
  const isLeader = useStore(session.isLeader)
  // The next sign-in in this page makes others: of these, nothing may answer then.
  useEffect(() => {
    const ends = [context.phone.attach(), context.live.attach()]
    return () => {
      for (const end of ends) end()
    }
  }, [context])
  useEffect(() => {
    if (!isLeader) return
    context.live.start()
    context.phone.start()
    return () => {
      context.phone.stop()
      context.live.stop()
    }
  }, [isLeader, context])
  return (
    <ConsoleProvider value={{ ...context, claims }}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ConsoleProvider>
  )
}

const createQueries = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // What failed for a moment is tried again; a refusal is shown.
        retry: (count, err) => err instanceof ApiError && err.isTemporary && count < MAX_RETRIES,
        retryDelay: (attempt, err) =>
          Math.max(err instanceof ApiError ? (err.retryAfterMs ?? 0) : 0, 500 * 2 ** attempt),
      },
      mutations: { retry: false },
    },
  })
