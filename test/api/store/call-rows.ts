import type { CallRecord, DialledCall } from '../../../api/core/calls/history.ts'

export const startedAt = 1_750_000_000

/** Calls good in every way; tests name what is different. */
export function newCall(difference: Partial<CallRecord> = {}): CallRecord {
  const began = difference.startedAt ?? startedAt
  return {
    id: '1750000000.1',
    direction: 'incoming',
    fromNumber: '+493012345',
    fromName: 'Иван «Bob» 📞',
    toNumber: '1001',
    toName: 'Anna',
    startedAt: began,
    answeredAt: began + 5,
    endedAt: began + 65,
    duration: 65,
    billable: 60,
    outcome: 'answered',
    cause: 16,
    recordings: ['2025/06/15/1750000000.1.wav'],
    parties: [{ userId: '1', extension: '1001', answered: true }],
    ...difference,
  }
}

export function newDialled(difference: Partial<DialledCall> = {}): DialledCall {
  return { id: 'hk_1', userId: '1', number: '+493012345', createdAt: startedAt, outcome: null, ...difference }
}
