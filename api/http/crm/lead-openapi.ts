import { z } from '@hono/zod-openapi'
import { json, jsonBody, type Operation } from '../openapi.ts'
import { guardedErrors } from './errors.ts'
import { IdParams } from './ids.ts'
import { IfMatchHeaders, versionedResponse } from './if-match.ts'
import { ImportJson, ImportQuery } from './lead-import-wire.ts'
import { LeadExportQuery, LeadPageQuery } from './lead-query.ts'
import * as wire from './lead-wire.ts'
import { MAX_CSV_MIB } from './read-csv-body.ts'

const byId = { params: IdParams }
const byIdIfMatch = { ...byId, headers: IfMatchHeaders }
const leadPage = json(z.array(wire.LeadJson), 'A page of them')
const currentLead = json(wire.LeadJson, 'The lead as it is now')

export const leadOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/leads',
    operationId: 'crmLeads',
    summary: 'Whom to call',
    description:
      'Leads assigned to you, of your team, or all. `Link` names the next page; what is made meanwhile is in none twice.',
    request: { query: LeadPageQuery },
    responses: { 200: leadPage, ...guardedErrors('input_invalid') },
  },
  {
    method: 'post',
    path: '/api/leads',
    operationId: 'crmCreateLead',
    summary: 'Add one',
    description:
      'With `name`, whose last word is the last name, or with `firstName` or `lastName`. An agent’s lead is assigned to them, a supervisor’s is their team’s. In a campaign it waits for its turn.',
    request: jsonBody(
      wire.NewLeadBody.openapi({
        example: { name: 'John Smith', phone: '+1-555-0123', email: 'john.smith@example.com' },
      }),
    ),
    responses: { 201: currentLead, ...guardedErrors('input_invalid', 'not_found') },
  },
  {
    method: 'get',
    path: '/api/leads/my',
    operationId: 'crmMyLeads',
    summary: 'Those that are assigned to you',
    request: { query: LeadPageQuery },
    responses: { 200: leadPage, ...guardedErrors('input_invalid') },
  },
  {
    method: 'post',
    path: '/api/leads/import',
    operationId: 'crmImportLeads',
    summary: 'Take in a list',
    description: `CSV of up to ${MAX_CSV_MIB} MiB with a header; commas, semicolons, tabs or bars. UTF-8, UTF-16 with a byte order mark, or what \`charset\` of \`Content-Type\` names. Columns, in any case and order: name or first name and last name, phone (required), email, company, title, status, notes, time zone, campaign id, agent id, also as Google Contacts and Outlook call them, and in other languages; of several that are the same, the first one that is filled counts. Others are left out, and empty cells change nothing. The rows are worked off meanwhile: ask for the import to see how it goes. A bad row stops no other.`,
    request: {
      query: ImportQuery,
      body: {
        required: true,
        content: {
          'text/csv': {
            schema: z.string().openapi({ example: 'first name,last name,phone\nJohn,Smith,+1-555-0123\n' }),
          },
        },
      },
    },
    responses: {
      202: json(ImportJson, 'It is under way; `Location` says where to ask'),
      ...guardedErrors('input_invalid', 'input_too_large', 'not_found', 'conflict'),
    },
  },
  {
    method: 'get',
    path: '/api/leads/import/{id}',
    operationId: 'crmLeadImport',
    summary: 'How an import goes, and which rows were bad',
    request: byId,
    responses: { 200: json(ImportJson, 'As it stands'), ...guardedErrors('not_found') },
  },
  {
    method: 'get',
    path: '/api/leads/export',
    operationId: 'crmExportLeads',
    summary: 'The list as a table, all pages in one',
    description:
      "An import takes it. It begins with a byte order mark, for Excel. Where a spreadsheet could see a formula, whichever character it divides cells by, there is a `'` before it; an import takes it off.",
    request: { query: LeadExportQuery },
    responses: {
      200: {
        description: 'RFC 4180 with a header, in UTF-8 with a byte order mark',
        content: { 'text/csv': { schema: z.string() } },
      },
      ...guardedErrors('input_invalid'),
    },
  },
  {
    method: 'get',
    path: '/api/leads/{id}',
    operationId: 'crmLead',
    summary: 'One of them, with its notes',
    request: byId,
    responses: { ...versionedResponse(wire.LeadDetailJson, 'The lead'), ...guardedErrors('not_found') },
  },
  {
    method: 'put',
    path: '/api/leads/{id}',
    operationId: 'crmUpdateLead',
    summary: 'Change what is said, leave the rest',
    description:
      'Into another campaign it waits for its turn anew. While it is called, neither phone nor campaign change. Agents give no lead away.',
    request: {
      ...byIdIfMatch,
      ...jsonBody(wire.LeadPatchBody.openapi({ example: { company: 'Smith & Sons' } })),
    },
    responses: { 200: currentLead, ...guardedErrors('input_invalid', 'not_found', 'conflict', 'stale') },
  },
  {
    method: 'delete',
    path: '/api/leads/{id}',
    operationId: 'crmDeleteLead',
    summary: 'Forget it and its notes',
    request: byIdIfMatch,
    responses: { 204: { description: 'It is gone' }, ...guardedErrors('not_found', 'conflict', 'stale') },
  },
  {
    method: 'post',
    path: '/api/leads/{id}/notes',
    operationId: 'crmAddLeadNote',
    summary: 'Note something',
    request: { ...byId, ...jsonBody(wire.NoteBody.openapi({ example: { content: 'Call back on Monday' } })) },
    responses: { 201: json(wire.LeadNoteJson, 'The note'), ...guardedErrors('input_invalid', 'not_found') },
  },
  {
    method: 'put',
    path: '/api/leads/{id}/status',
    operationId: 'crmSetLeadStatus',
    summary: 'Say how far it is',
    description:
      'CONVERTED, LOST and DO_NOT_CALL take it out of its campaign’s queue, NEW puts it back. DO_NOT_CALL puts the number on the do-not-call list, unless it is an extension, a code or an emergency number; from the list `bin/hookswitch.mjs dnc` alone removes it.',
    request: { ...byIdIfMatch, ...jsonBody(wire.StatusBody.openapi({ example: { status: 'CONTACTED' } })) },
    responses: { 200: currentLead, ...guardedErrors('input_invalid', 'not_found', 'stale') },
  },
  {
    method: 'put',
    path: '/api/leads/{id}/assign',
    operationId: 'crmAssignLead',
    summary: 'Give it to an agent, or to nobody',
    description: 'It goes into the agent’s team.',
    request: { ...byIdIfMatch, ...jsonBody(wire.AssignBody.openapi({ example: { agentId: 1 } })) },
    responses: { 200: currentLead, ...guardedErrors('input_invalid', 'not_found', 'stale') },
  },
]
