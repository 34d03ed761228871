import type { Operation } from '../openapi.ts'

export const leadOperations: readonly Operation[] = []
