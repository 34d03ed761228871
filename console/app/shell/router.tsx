import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { readAdminSearch } from '../../screens/admin/search.ts'
import { readAiSearch } from '../../screens/ai/search.ts'
import { readBoardSearch } from '../../screens/board/search.ts'
import { readHistorySearch } from '../../screens/history/search.ts'
import { readLeadsSearch } from '../../screens/leads/search.ts'
import { CrashNotice, NotFoundNotice } from './crash-notice.tsx'
import { Frame } from './frame.tsx'

const root = createRootRoute({
  component: Frame,
  errorComponent: CrashNotice,
  notFoundComponent: NotFoundNotice,
})
const getParentRoute = () => root

const routes = [
  createRoute({
    getParentRoute,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/today', replace: true })
    },
  }),
  createRoute({
    getParentRoute,
    path: '/today',
    component: lazyRouteComponent(() => import('../../screens/today/today.tsx'), 'TodayScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/people',
    component: lazyRouteComponent(() => import('../../screens/people/people.tsx'), 'PeopleScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/live',
    component: lazyRouteComponent(() => import('../../screens/live/live.tsx'), 'LiveScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/history',
    // The filters are in the address: a filtered list is a link.
    validateSearch: readHistorySearch,
    component: lazyRouteComponent(() => import('../../screens/history/history.tsx'), 'HistoryScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/desk',
    component: lazyRouteComponent(() => import('../../screens/desk/desk.tsx'), 'DeskScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/leads',
    validateSearch: readLeadsSearch,
    component: lazyRouteComponent(() => import('../../screens/leads/leads.tsx'), 'LeadsScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/leads/import',
    component: lazyRouteComponent(() => import('../../screens/leads/import/import.tsx'), 'ImportScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/leads/$id',
    component: lazyRouteComponent(() => import('../../screens/leads/lead/lead.tsx'), 'LeadScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/campaigns',
    component: lazyRouteComponent(() => import('../../screens/campaigns/campaigns.tsx'), 'CampaignsScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/campaigns/$campaignId',
    component: lazyRouteComponent(() => import('../../screens/campaigns/campaign.tsx'), 'CampaignScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/board',
    validateSearch: readBoardSearch,
    component: lazyRouteComponent(() => import('../../screens/board/board.tsx'), 'BoardScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/ai',
    validateSearch: readAiSearch,
    component: lazyRouteComponent(() => import('../../screens/ai/ai.tsx'), 'AiScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/admin',
    validateSearch: readAdminSearch,
    component: lazyRouteComponent(() => import('../../screens/admin/admin.tsx'), 'AdminScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/system',
    component: lazyRouteComponent(() => import('../../screens/system/system.tsx'), 'SystemScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/phone',
    component: lazyRouteComponent(() => import('../../screens/phone/phone-window.tsx'), 'PhoneScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/dial',
    // As it came: the screen shows what it refuses.
    validateSearch: ({ to }: Record<string, unknown>): { to: string } => ({ to: String(to ?? '') }),
    component: lazyRouteComponent(() => import('../../screens/dial/dial.tsx'), 'DialScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/device',
    validateSearch: ({ user_code }: Record<string, unknown>): { user_code: string } => ({
      user_code: String(user_code ?? '').slice(0, 64),
    }),
    component: lazyRouteComponent(() => import('../../screens/device/device.tsx'), 'DeviceScreen'),
  }),
  createRoute({
    getParentRoute,
    path: '/me',
    component: lazyRouteComponent(() => import('../../screens/me/me.tsx'), 'MeScreen'),
  }),
] as const

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: '/console',
  // What no screen has validated is not in the address.
  search: { strict: true },
  defaultPreload: 'intent',
  defaultErrorComponent: CrashNotice,
  // Each value is a text. By default `?number=0049` is another text than `?number=49`, and `49` a number.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(
      Object.entries(search).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    ).toString()
    return text === '' ? '' : `?${text}`
  },
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
