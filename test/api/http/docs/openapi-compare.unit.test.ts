import { describe, expect, it } from 'vitest'
import { compareDocuments } from '../../../support/openapi/compare.ts'

const BEFORE = {
  paths: {
    '/calls/{id}': { get: { summary: 'One call', tags: ['calls'] }, delete: { summary: 'Hang up' } },
  },
  components: { schemas: { Call: { type: 'object', required: ['id', 'state'], example: { id: 'a' } } } },
}

describe('compareDocuments', () => {
  it('finds no difference where only the order of members differs', () => {
    const { paths, components } = structuredClone(BEFORE)
    expect(compareDocuments(BEFORE, { components, paths })).toEqual([])
  })

  it('names an operation that was removed and a path that was added', () => {
    const after = structuredClone(BEFORE)
    Reflect.deleteProperty(after.paths['/calls/{id}'], 'delete')
    Object.assign(after.paths, { '/health': {} })
    expect(compareDocuments(BEFORE, after)).toEqual([
      'removed /paths/~1calls~1{id}/delete',
      'added /paths/~1health',
    ])
  })

  it.each([
    ['an example', 'example', { id: 'b' }, '/example/id: "a" -> "b"'],
    ['a type', 'type', 'array', '/type: "object" -> "array"'],
    ['the order of a list', 'required', ['state', 'id'], '/required: ["id","state"] -> ["state","id"]'],
    ['an object that became null', 'example', null, '/example: {"id":"a"} -> null'],
  ])('shows both values of %s', (_, member, value, line) => {
    const after = structuredClone(BEFORE)
    Object.assign(after.components.schemas.Call, { [member]: value })
    expect(compareDocuments(BEFORE, after)).toEqual([`changed /components/schemas/Call${line}`])
  })
})
