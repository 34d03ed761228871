import { expect, it } from 'vitest'
import { collectCsv } from '../../../console/components/csv/collect-csv.ts'

it.each([1, 7, 1_000])('counts records of a CSV file, not lines, in chunks of %i bytes', async (size) => {
  const bytes = new TextEncoder().encode('name,notes\r\nAda,"one\r\n""two""\nthree"\r\nGrace,""\r\n')
  const counts: number[] = []
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size))
      controller.close()
    },
  })
  const { file, rows } = await collectCsv(stream, (count) => counts.push(count))
  expect([rows, counts.at(-1), file.size]).toEqual([2, 2, bytes.length])
})
