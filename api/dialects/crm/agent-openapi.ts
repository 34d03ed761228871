import type { Operation } from '../openapi.ts'

export const agentOperations: readonly Operation[] = []
