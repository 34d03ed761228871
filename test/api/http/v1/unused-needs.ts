import type { Guard } from '../../../../api/http/guard.ts'
import type { V1RoutesNeeds } from '../../../../api/http/v1/routes.ts'

/** The needs of all routes, for a test that calls few of them and gives these theirs. */
export const unusedNeeds = (guard: Guard) =>
  ({
    calls: { guard },
    history: { guard },
    phone: { guard },
    personal: { guard },
    passwordChange: {},
    administration: {},
    factors: { signIn: {}, own: { guard } },
    callCenter: {},
  }) as unknown as Omit<V1RoutesNeeds, 'guard' | 'log'> // no test calls them
