import type { Operation } from '../openapi.ts'

export const authOperations: readonly Operation[] = []
