import { describe, expect, test } from 'vitest'
import { createRevocationStore, insertRevocation } from '../../../../../api/store/sql/auth/revocations.ts'
import { onBothEngines } from '../engines.ts'

describe('the SQL store of revocations', () => {
  onBothEngines((engine) => {
    /** Entries that matter until 1001, 1002, … */
    const setUp = async (count: number) => {
      const db = await engine.tables()
      const entries = await db.transaction(async (trx) => {
        const written = []
        for (let n = 1; n <= count; n++) {
          written.push(
            await insertRevocation(trx, { kind: 'sid', key: `s${n}`, generation: 0, until: 1000 + n }),
          )
        }
        return written
      })
      return { revocations: createRevocationStore(db), entries, ids: entries.map((entry) => entry.id) }
    }

    test('ids rise', async () => {
      const { ids } = await setUp(12)
      expect(ids).toEqual([...ids].sort((a, b) => Number(a) - Number(b)))
      expect(new Set(ids).size).toBe(12)
    })

    test('what the log has not acknowledged comes oldest first, as many as asked for', async () => {
      const { revocations, entries, ids } = await setUp(5)
      expect(await revocations.unpublished(3)).toEqual(entries.slice(0, 3))
      await revocations.markPublished(ids.slice(0, 2), '5-0')
      expect(await revocations.unpublished(10)).toEqual(entries.slice(2))
    })

    test('live entries come page by page, published or not', async () => {
      const { revocations, entries, ids } = await setUp(5)
      await revocations.markPublished(ids.slice(1, 3), '5-0')
      const first = await revocations.listUnexpired(1002, { limit: 2 })
      const second = await revocations.listUnexpired(1002, { limit: 2, afterId: first[1]?.id ?? '' })
      const third = await revocations.listUnexpired(1002, { limit: 2, afterId: second[1]?.id ?? '' })
      expect([first, second, third]).toEqual([entries.slice(1, 3), entries.slice(3, 5), []])
    })

    test('an entry is needed through its last second and then forgotten', async () => {
      const { revocations, entries } = await setUp(3)
      await revocations.purge(1002)
      expect(await revocations.listUnexpired(0, { limit: 10 })).toEqual(entries.slice(1))
    })

    test('an id is not given out twice, not even when the newest entry is forgotten', async () => {
      const db = await engine.tables()
      const write = () =>
        db.transaction((trx) => insertRevocation(trx, { kind: 'jti', key: 'j', generation: 0, until: 1 }))
      const gone = await write()
      await createRevocationStore(db).purge(10)
      expect(Number((await write()).id)).toBeGreaterThan(Number(gone.id))
    })

    test('thousands are acknowledged in one go', async () => {
      const { revocations, ids } = await setUp(2500)
      await revocations.markPublished(ids, '5-0')
      expect(await revocations.unpublished(10)).toEqual([])
    })

    test('nothing is known of the log before its first epoch', async () => {
      const { revocations } = await setUp(0)
      expect(await revocations.streamState()).toBeUndefined()
    })

    test('the state of the log is kept as saved', async () => {
      const { revocations } = await setUp(0)
      await revocations.saveStreamState({ epoch: 'one', cutoff: 7, logPosition: '1700000000000-3' })
      expect(await revocations.streamState()).toEqual({
        epoch: 'one',
        cutoff: 7,
        logPosition: '1700000000000-3',
      })
      await revocations.saveStreamState({ epoch: 'two', cutoff: 9, logPosition: '0-0' })
      expect(await revocations.streamState()).toEqual({ epoch: 'two', cutoff: 9, logPosition: '0-0' })
    })

    test.each([
      ['a later time', '1700000000000-3', '1700000000001-0', '1700000000001-0'],
      ['a longer number', '999-9', '1000-0', '1000-0'],
      ['a later sequence', '5-9', '5-10', '5-10'],
      ['an earlier time, which changes nothing', '5-0', '4-9', '5-0'],
      ['an earlier sequence, which changes nothing', '5-10', '5-9', '5-10'],
    ])('the highest stream id is kept: %s', async (_, known, seen, kept) => {
      const { revocations } = await setUp(0)
      await revocations.saveStreamState({ epoch: 'one', cutoff: 7, logPosition: known })
      await revocations.markPublished([], seen)
      expect(await revocations.streamState()).toEqual({ epoch: 'one', cutoff: 7, logPosition: kept })
    })

    test('a stream id in another format throws a TypeError', async () => {
      const { revocations } = await setUp(0)
      await expect(revocations.markPublished([], '$')).rejects.toThrow(TypeError)
    })
  })
})
