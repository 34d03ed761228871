import type { Operation } from '../openapi.ts'

export const callOperations: readonly Operation[] = []
