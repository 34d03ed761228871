import type { ActorResolver } from '../../core/call-center/agents/actor-resolver.ts'
import { createPhoneReachability } from '../../core/call-center/agents/phone-reachability.ts'
import { createBoard } from '../../core/call-center/board/board.ts'
import { createWallboards } from '../../core/call-center/board/wallboards.ts'
import { createFigures } from '../../core/call-center/stats/figures.ts'
import type { CallCenterRoutesNeeds } from '../../http/v1/call-center-routes.ts'
import { createRateLimiter } from '../../store/redis/rate-limiter.ts'
import { createBoardStore, createThresholdStore } from '../../store/sql/call-center/board.ts'
import { createCallStatsStore } from '../../store/sql/call-center/call-stats.ts'
import { createFigureStore } from '../../store/sql/call-center/figures.ts'
import { createWallboardStore } from '../../store/sql/call-center/wallboards.ts'
import type { AuthModule } from '../auth.ts'
import type { CallCenterDeps } from './feature-module.ts'

export type BoardModuleNeeds = Pick<
  CallCenterDeps,
  'config' | 'db' | 'redis' | 'campaigns' | 'callModule' | 'now'
> & {
  resolveActor: ActorResolver['resolve']
  securityLog: AuthModule['securityLog']
}

/** A screen asks once a second, and some links are on several screens. */
const PER_LINK = { max: 600, window: 60 }
const REFUSALS_PER_ADDRESS = { max: 60, window: 60 }

export function createBoardModule(needs: BoardModuleNeeds): CallCenterRoutesNeeds['board'] {
  const { resolveActor, config, db, redis, campaigns, callModule, securityLog, now } = needs
  const { callTracker, directory, presence, isOnline } = callModule
  const thresholds = createThresholdStore(db)
  return {
    ...{ resolveActor, thresholds, now },
    timeZone: config.timeZone,
    board: createBoard({
      store: createBoardStore(db),
      stats: createCallStatsStore(db),
      ...{ campaigns, thresholds, callTracker, directory, isOnline, now },
      isReachable: createPhoneReachability(presence),
    }),
    figures: createFigures({ store: createFigureStore(db) }),
    wallboards: createWallboards({
      store: createWallboardStore(db),
      perLink: createRateLimiter(redis, { surface: 'wallboard', perAddress: PER_LINK }),
      perRefusal: createRateLimiter(redis, {
        surface: 'wallboard-refused',
        perAddress: REFUSALS_PER_ADDRESS,
      }),
      ...{ securityLog, now },
    }),
    linkOf: (token) => `${config.consoleUrl}/wallboard#token=${token}`,
  }
}
