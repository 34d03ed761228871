import type { Operation } from '../openapi.ts'

export const campaignOperations: readonly Operation[] = []
