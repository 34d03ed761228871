import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actorOf } from '../../../../api/core/actor.ts'
import type { Person } from '../../../../api/core/directory/directory.ts'
import { createPeople, type PeopleCursor } from '../../../../api/core/directory/people.ts'
import type { Claims } from '../../../../contract/claims.ts'

const actor = actorOf({ sub: '1', sid: 's' } as Claims) // nothing else is read
const person = (userId: string, name: string, extension = `100${userId}`): Person => ({
  ...{ userId, extension, username: `user${userId}`, name, role: 'user', team: null },
})
const SOME = [
  person('1', 'Ölaf'),
  person('2', 'anna GARCÍA'),
  person('3', 'Иван'),
  person('4', 'Anna Schmidt'),
]

function createFixture(all: readonly Person[], marked: readonly string[] = []) {
  const favourites = new Set(marked)
  const listeners: (() => void)[] = []
  let current = all
  const people = createPeople({
    directory: {
      all: () => current,
      findByExtension: (extension) => current.find((one) => one.extension === extension),
      onChange: (listener) => void listeners.push(listener),
    },
    favourites: {
      list: async () => [...favourites],
      async add(_, extension, { max }) {
        if (!favourites.has(extension) && favourites.size >= max) return false
        favourites.add(extension)
        return true
      },
      remove: async (_, extension) => void favourites.delete(extension),
    },
    now: () => 1_000,
  })
  const change = (next: readonly Person[]) => {
    current = next
    for (const listener of listeners) listener()
  }
  const idsOf = async (search = '') =>
    (await people.list(actor, search, { limit: 100 })).people.map(({ userId }) => userId).join('')
  return { people, change, idsOf, favourites }
}

describe('people', () => {
  test('are sorted by name, the favourites first', async () => {
    expect(await createFixture(SOME).idsOf()).toBe('2413')
    expect(await createFixture(SOME, ['1003', '1004', '999']).idsOf()).toBe('4321')
  })

  test.each([
    ['anna', '24'],
    ['ANNA garci\u0301a', '2'],
    ['schmidt anna', '4'],
    ['ив', '3'],
    ['1003', '3'],
    ['user4', '4'],
    ['  ', '2413'],
    ['nothing', ''],
  ])('are found by %j', async (search, ids) => {
    expect(await createFixture(SOME).idsOf(search)).toBe(ids)
  })

  test('change with the directory', async () => {
    const { change, idsOf } = createFixture(SOME)
    await idsOf()
    change([person('5', 'Eva')])
    expect(await idsOf()).toBe('5')
  })

  test('come in pages, each person once, also while others vanish', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(30), { minLength: 1 }),
        fc.array(fc.nat(30)),
        fc.integer({ min: 1, max: 5 }),
        fc.func(fc.constantFrom('Anna', 'anna', 'Ivan', 'Zoë')),
        async (ids, marked, limit, nameOf) => {
          const all = ids.map((id) => person(String(id + 1), nameOf(id)))
          const { people, change } = createFixture(
            all,
            marked.map((id) => `100${id + 1}`),
          )
          const whole = await people.list(actor, '', { limit: 100 })
          const seen: string[] = []
          for (
            let after: PeopleCursor | undefined, first = true;
            first || after !== undefined;
            first = false
          ) {
            const page = await people.list(actor, '', { limit, ...(after && { after }) })
            seen.push(...page.people.map(({ userId }) => userId))
            after = page.next
            // The person of the cursor leaves.
            change(all.filter(({ userId }) => !seen.includes(userId)))
          }
          expect(seen).toEqual(whole.people.map(({ userId }) => userId))
          expect(whole.total).toBe(ids.length)
        },
      ),
    )
  })
})

describe('a favourite', () => {
  test('is an extension of the directory', async () => {
    const { people, favourites } = createFixture(SOME)
    await people.addFavourite(actor, '1003')
    await expect(people.addFavourite(actor, '1009')).rejects.toMatchObject({ code: 'not_found' })
    expect([...favourites]).toEqual(['1003'])
    await people.removeFavourite(actor, '1003')
    await people.removeFavourite(actor, '1009')
    expect([...favourites]).toEqual([])
  })

  test('is one of at most 200', async () => {
    const { people } = createFixture(
      SOME,
      Array.from({ length: 200 }, (_, n) => String(5000 + n)),
    )
    await expect(people.addFavourite(actor, '1003')).rejects.toMatchObject({ code: 'conflict' })
  })
})
