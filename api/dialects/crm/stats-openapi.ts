import type { Operation } from '../openapi.ts'

export const statsOperations: readonly Operation[] = []
