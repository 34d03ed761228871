import type { Operation } from '../openapi.ts'

export const aiOperations: readonly Operation[] = []
