import { expect } from 'vitest'
import { Refusal } from '../../../api/core/refusal.ts'
import type { Operation } from './interleaving.ts'
import { type ModelSession, mustBeAlive } from './model.ts'

/** @returns its result, or the code of its refusal; it fails only where a failure was drawn */
export async function codeOf<T>(it: Operation, result: Promise<T>): Promise<T | Refusal['code']> {
  try {
    return await result
  } catch (err) {
    if (!(err instanceof Refusal)) throw err
    if (!it.hasFailed) expect(err.code, it.label).not.toBe('unavailable')
    expect(err.code, it.label).not.toBe('internal')
    return err.code
  }
}

/** A client with an answer that a session goes on, or that it does not. */
export function expectConsistent(it: Operation, session: ModelSession, wasOver: boolean, code: string) {
  if (code === 'refreshed') {
    if (wasOver) throw new Error(`${it.label}: ${session.id} was over and went on`)
    return
  }
  if (code === 'unavailable') return
  expect(code, it.label).toBe('token_revoked')
  if (mustBeAlive(session)) throw new Error(`${it.label}: ${session.id} was lost`)
}
