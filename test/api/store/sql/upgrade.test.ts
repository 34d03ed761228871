import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { createRevocationStore } from '../../../../api/store/sql/auth/revocations.ts'
import { createSessionStore } from '../../../../api/store/sql/auth/sessions.ts'
import { createUserStore } from '../../../../api/store/sql/auth/users.ts'
import { createAgentCallStore } from '../../../../api/store/sql/call-center/agent-calls.ts'
import { createAgentStore } from '../../../../api/store/sql/call-center/agents.ts'
import { createDocumentStore } from '../../../../api/store/sql/call-center/ai-documents.ts'
import { createCampaignStore } from '../../../../api/store/sql/call-center/campaigns.ts'
import { createDialQueue } from '../../../../api/store/sql/call-center/dial-queue.ts'
import { createDoNotCall } from '../../../../api/store/sql/call-center/do-not-call.ts'
import { createLeadImportStore } from '../../../../api/store/sql/call-center/lead-imports.ts'
import { createLeadStore } from '../../../../api/store/sql/call-center/leads.ts'
import { createWebhookEventStore } from '../../../../api/store/sql/call-center/webhook-events.ts'
import { createCallHistoryStore } from '../../../../api/store/sql/calls/call-history.ts'
import { createPlacedCallStore } from '../../../../api/store/sql/calls/placed-calls.ts'
import { type Database, openDatabase } from '../../../../api/store/sql/database.ts'
import { migrate } from '../../../../api/store/sql/migrate.ts'
import { createUserStatusStore } from '../../../../api/store/sql/presence/user-statuses.ts'
import { createExtensionStore } from '../../../../api/store/sql/provisioning/extensions.ts'
import { createEphemeralCredentialStore } from '../../../../api/store/sql/provisioning/webrtc-credentials.ts'
import { createEmailRegistrationStore } from '../../../../api/store/sql/registration/email-registrations.ts'
import { createInvitationAdminStore } from '../../../../api/store/sql/registration/invitation-admin.ts'
import { createMailQueue } from '../../../../api/store/sql/registration/mail-queue.ts'
import { type Engine, onBothEngines } from './engines.ts'

/** Unix seconds: when the rows were written, and when those expire that do. */
const WRITTEN = 1_750_000_000
const EXPIRY = 4_000_000_000
const ALL = { sees: 'all' } as const
/** The tables that migration 0019 renames. */
const RENAMED: Record<string, string> = Object.fromEntries([
  ['desk_calls', 'agent_calls'],
  ['dialled_calls', 'placed_calls'],
  ['mails', 'mail_queue'],
  ['sip_loans', 'webrtc_credentials'],
])

/** @returns the migrated database and its counts of rows per table before that */
async function upgrade(engine: Engine): Promise<{ db: Database; rowsBefore: Record<string, number> }> {
  const url = await engine.empty()
  const file = `schema-0013.${engine.name === 'SQLite' ? 'sqlite' : 'postgres'}.sql`
  const dump = await readFile(join(import.meta.dirname, 'fixtures', file), 'utf8')
  const old = await openDatabase(url)
  for (const statement of dump.replace(/^--.*\n/, '').split(/;\n/)) {
    if (statement !== '') await sql.raw(statement).execute(old.query)
  }
  const rowsBefore = await countRows(old)
  await old.close()
  await migrate(url)
  return { db: await openDatabase(url), rowsBefore }
}

async function countRows(db: Database): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { name } of await db.query.introspection.getTables()) {
    const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`.execute(db.query)
    counts[name] = Number(rows[0]?.n)
  }
  return counts
}

/** The names of all tables, indexes, constraints and sequences. */
async function objectNames(db: Database, { name }: Engine): Promise<string[]> {
  const query =
    name === 'SQLite'
      ? sql<{ name: string }>`select name from sqlite_master order by name`
      : sql<{ name: string }>`select relname as name from pg_class
          where relnamespace = 'public'::regnamespace order by relname`
  return (await query.execute(db.query)).rows.map((row) => row.name)
}

describe('a database of schema 0013', () => {
  onBothEngines((engine) => {
    it('keeps every row, and ends with the tables, indexes and sequences of a new database', async () => {
      const { db, rowsBefore } = await upgrade(engine)
      expect(Object.values(rowsBefore)).not.toContain(0)
      expect(Object.keys(rowsBefore)).toHaveLength(26)
      expect(await countRows(db)).toMatchObject({
        ...Object.fromEntries(
          Object.entries(rowsBefore).map(([name, rows]) => [RENAMED[name] ?? name, rows]),
        ),
      })
      const names = await objectNames(db, engine)
      expect(names).toEqual(await objectNames(await engine.tables(), engine))
      expect(
        names.filter((name) => /desk_calls|dialled_calls|dialled_(time|waiting)|mails|sip_loans/.test(name)),
      ).toEqual([])
      await db.close()
    })

    it('returns accounts, sessions and revocations', async () => {
      const { db } = await upgrade(engine)
      const users = createUserStore(db)
      expect((await users.list({ limit: 20 })).map(({ username }) => username)).toEqual([
        ...['Admin', 'Anna', 'Борис', 'ready', 'waiting', 'gone', 'rested', 'moved'],
      ])
      for (const name of ['ANNA', '1001', 'anna@Example.com']) {
        expect(await users.findByLogin(name)).toMatchObject({
          ...{ id: '2', username: 'Anna', extension: '1001', email: 'Anna@example.com', role: 'user' },
          ...{ passwordHash: '$argon2id$Anna', disabled: false, generation: 0, createdAt: WRITTEN },
        })
      }
      expect(await users.find('3')).toMatchObject({ passwordHash: '$argon2id$new', generation: 1 })

      const sessions = createSessionStore(db)
      const live = {
        createdAt: WRITTEN,
        expiresAt: EXPIRY,
        refresh: { number: 3, hash: 'h3' },
        remember: true,
      }
      expect(await sessions.find('s-live')).toMatchObject({ ...live, userId: '2', userAgent: 'softphone 📞' })
      expect(await sessions.find('s-ended')).toMatchObject({ endedAt: WRITTEN + 5, endReason: 'logout' })

      const revocations = createRevocationStore(db)
      const ended = { id: '1', kind: 'sid', key: 's-ended', generation: 0, until: EXPIRY }
      const changed = { id: '2', kind: 'user', key: '3', generation: 1, until: EXPIRY }
      expect(await revocations.listUnexpired(WRITTEN, { limit: 10 })).toEqual([ended, changed])
      expect(await revocations.unpublished(10)).toEqual([changed])
      expect(await revocations.streamState()).toEqual({
        epoch: 'epoch-1',
        cutoff: 0,
        logPosition: '1750000000000-1',
      })
      await db.close()
    })

    it('returns the call history, placed calls and user statuses', async () => {
      const { db } = await upgrade(engine)
      const history = createCallHistoryStore(db)
      expect(await history.find('1750000000.1')).toEqual({
        ...{ id: '1750000000.1', direction: 'incoming', fromNumber: '+493012345', fromName: 'Иван «Bob» 📞' },
        ...{
          toNumber: '1001',
          toName: 'Anna',
          startedAt: WRITTEN,
          answeredAt: WRITTEN + 5,
          endedAt: WRITTEN + 65,
        },
        ...{ duration: 65, billable: 60, outcome: 'answered', cause: 16 },
        recordings: ['2025/06/15/1750000000.1.wav'],
        parties: [{ userId: '2', extension: '1001', answered: true, called: true }],
      })
      const search = { words: ['иван', 'anna'], numbers: [] }
      expect((await history.page({ search }, { limit: 9 })).calls.map(({ id }) => id)).toContain(
        '1750000000.1',
      )
      expect(await history.find('1750000000.2')).toMatchObject({
        ...{
          outcome: 'busy',
          recordings: [],
          parties: [{ userId: '2', extension: '1001', answered: false }],
        },
      })
      const placed = createPlacedCallStore(db)
      expect(await placed.find('hk_done')).toMatchObject({
        userId: '2',
        number: '+493012345',
        outcome: 'busy',
      })
      expect(await placed.unfinished(EXPIRY)).toMatchObject([{ id: 'hk_waiting', createdAt: WRITTEN + 1 }])
      expect(await createUserStatusStore(db).all()).toEqual(new Map([['2', { status: 'dnd', at: WRITTEN }]]))
      await db.close()
    })

    it('returns extensions and WebRTC credentials in the states of today', async () => {
      const { db } = await upgrade(engine)
      const extensions = createExtensionStore(db)
      const states = await Promise.all(
        ['2000', '2001', '2002', '2003', '2004', '2005'].map(
          async (each) => (await extensions.find(each))?.state,
        ),
      )
      expect(states).toEqual([
        ...['ready', 'provisioning', 'deprovisioning', 'quarantined', 'external', 'provisioning'],
      ])
      expect(await extensions.find('2000')).toMatchObject({
        ...{ userId: '4', ownershipTag: 'mark-2000', sealedSecret: 'sealed 2000', authUsername: 'auth-2000' },
      })
      const due = await extensions.listDue(WRITTEN + 60, 10)
      expect(due.map(({ extension }) => extension).sort()).toEqual(['2001', '2002', '2005'])
      expect(due[0]).toMatchObject({ extension: '2002', lastError: 'the PBX did not answer', userId: null })

      const credentials = createEphemeralCredentialStore(db)
      const claims = { sub: '2', sid: 's-live', jti: 'j1', role: 'user', extension: '1001' }
      const ofFirst = await credentials.listByExtension('1001')
      expect(ofFirst).toMatchObject([
        {
          id: '1001-w-a',
          state: 'active',
          lockedUntil: 0,
          claims,
          sealedSecret: 'sealed',
          expiresAt: EXPIRY,
        },
        { id: '1001-w-b', state: 'issuing', lockedUntil: WRITTEN + 60, createdAt: WRITTEN * 1000 },
      ])
      expect(await credentials.listByExtension('1002')).toMatchObject([{ state: 'revoking' }])
      const [active, issuing] = ofFirst
      if (active === undefined || issuing === undefined) throw new Error('two credentials are expected')
      // At most one of an extension is being issued or revoked.
      expect(await credentials.insert({ ...issuing, id: '1001-w-c' })).toBe(false)
      expect(await credentials.transition(active, { state: 'revoking', lockedUntil: EXPIRY })).toBeUndefined()
      await db.close()
    })

    it('returns invitations, pending registrations and queued mails', async () => {
      const { db } = await upgrade(engine)
      const open = await createInvitationAdminStore(db).search({ state: 'pending' }, WRITTEN, { limit: 9 })
      expect(open).toHaveLength(2)
      expect(open.find(({ hash }) => hash === 'inv-open')).toMatchObject({
        ...{ email: 'guest@example.com', role: 'user', team: 'sales', createdBy: '1', expiresAt: EXPIRY },
      })
      expect(await createEmailRegistrationStore(db).findByToken('token-hash', WRITTEN)).toMatchObject({
        ...{ username: 'carl', email: 'Carl@example.com', name: 'Carl', passwordHash: '$argon2id$carl' },
      })
      expect(await createMailQueue(db).claim(WRITTEN + 120, EXPIRY, 10)).toEqual([
        { id: '2', kind: 'verification', recipient: 'Carl@example.com', about: null, tries: 1 },
        { id: '1', kind: 'invitation', recipient: 'mail@example.com', about: 'inv-mailed', tries: 2 },
      ])
      await db.close()
    })

    it('returns agents, campaigns, leads and their calls', async () => {
      const { db } = await upgrade(engine)
      expect(await createAgentStore(db).list(ALL, { limit: 10 })).toMatchObject([
        { id: '1', userId: '2', name: 'Anna', team: 'sales', status: 'ready', version: 2 },
      ])
      expect(await createCampaignStore(db).find('1', ALL)).toMatchObject({
        ...{ name: 'Spring', description: 'Call all', team: 'sales', status: 'active', agentIds: ['1'] },
        ...{ automation: true, rules: { retryMinutesOf: { busy: 5 }, maxAttempts: 3 } },
      })
      const leads = createLeadStore(db)
      expect(await leads.find('1', ALL)).toMatchObject({
        ...{
          firstName: 'Lea',
          lastName: 'Dahl',
          number: '+4930100000',
          company: 'Dahl & Co',
          campaignId: '1',
        },
      })
      expect(await leads.find('2', ALL)).toMatchObject({ lastName: 'Ebert', status: 'do_not_call' })
      expect(await leads.listNotes('1', 10)).toMatchObject([{ agentId: '1', content: 'call back' }])
      expect(await createDialQueue(db).inProgress()).toMatchObject([
        { leadId: '1', callId: 'hk_lead', agentId: '1' },
      ])

      const calls = createAgentCallStore(db)
      const call = { agentId: '1', number: '+4930100000', createdAt: WRITTEN }
      expect(await calls.find('hk_lead')).toEqual({
        ...{ ...call, id: '1', callId: 'hk_lead', leadId: '1', campaignId: '1', outcome: null },
      })
      expect(await calls.find('2')).toMatchObject({
        ...call,
        callId: 'hk_desk',
        leadId: null,
        outcome: 'answered',
      })
      const added = { ...call, callId: 'hk_new', leadId: null, campaignId: null }
      expect(await calls.add(added)).toMatchObject({ id: '3' })
      await db.close()
    })

    it('returns lead imports, the do-not-call list, AI documents and webhook events', async () => {
      const { db } = await upgrade(engine)
      const imports = createLeadImportStore(db)
      expect(await imports.find('1', '1')).toMatchObject({
        ...{
          state: 'running',
          total: 2,
          processed: 1,
          rejected: 1,
          options: { duplicates: 'skip', columns: [] },
        },
      })
      expect(await imports.findReport('1', 10)).toEqual({
        errors: [{ line: 2, column: null, reason: 'no phone number' }],
        warnings: [],
      })
      const chunks: string[] = []
      for await (const chunk of imports.readChunks('1')) chunks.push(chunk)
      expect(chunks).toEqual(['a list'])
      expect(await createDoNotCall(db).list({ limit: 10 })).toEqual([
        { number: '+4930100001', reason: 'asked not to be called', addedAt: WRITTEN },
        { number: '+4930999999', reason: 'by law', addedAt: WRITTEN },
      ])
      const documents = createDocumentStore(db)
      const greeting = { name: 'Greeting', category: 'general', variables: ['name'] }
      expect(await documents.find('template', 'greeting')).toMatchObject({
        ...{ version: 2, updatedAt: WRITTEN + 1, body: { ...greeting, content: 'Good day, {name}' } },
      })
      expect(await documents.find('template', 'greeting', 1)).toMatchObject({
        body: { ...greeting, content: 'Hello {name}' },
      })
      const event = {
        id: 'evt-1',
        source: 'telnyx' as const,
        type: 'call.hangup',
        occurredAt: WRITTEN,
        body: '{"a":1}',
      }
      const events = createWebhookEventStore(db)
      expect(await events.save({ ...event, receivedAt: WRITTEN + 1 }, undefined)).toBe(false)
      expect(await db.query.selectFrom('webhook_events').select('body').execute()).toEqual([
        { body: '{"a":1}' },
      ])
      await db.close()
    })
  })
})
