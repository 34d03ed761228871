import { type Api, dataOf, type Wire } from '../../../api/client.ts'
import type { Encoding } from './read-file.ts'

export type Preview = Wire<'LeadImportPreview'>
export type Member = NonNullable<Preview['columns'][number]['member']>
export type Delimiter = Preview['delimiter']
export type Duplicates = Wire<'LeadImport'>['duplicates']
export const DELIMITERS = ['comma', 'semicolon', 'tab', 'bar'] as const satisfies readonly Delimiter[]
export const MEMBERS = [
  'name',
  'first_name',
  'last_name',
  'phone',
  'email',
  'company',
  'title',
  'status',
  'notes',
  'time_zone',
  'campaign_id',
  'agent_id',
] as const satisfies readonly Member[]

/** A list that was chosen, and how it is read. */
export interface ChosenFile {
  file: File
  encoding: Encoding
  delimiter: Delimiter | undefined
}

export interface ImportOptions {
  columns: readonly (Member | null)[]
  duplicates: Duplicates
  campaign: string
  agent: string
}

/** @param text the beginning of the list */
export const previewList = (
  api: Api,
  text: string,
  delimiter: Delimiter | undefined,
  signal: AbortSignal,
): Promise<Preview> =>
  dataOf(
    api.POST('/api/v1/lead-imports/preview', {
      params: { query: delimiter === undefined ? {} : { delimiter } },
      body: text,
      bodySerializer: asItIs,
      headers: { 'Content-Type': 'text/csv; charset=utf-8' },
      signal,
    }),
  )

export const startImport = (
  api: Api,
  { file, encoding }: ChosenFile,
  delimiter: Delimiter,
  options: ImportOptions,
  isDryRun: boolean,
): Promise<Wire<'LeadImport'>> =>
  dataOf(
    api.POST('/api/v1/lead-imports', {
      params: {
        query: {
          columns: options.columns.map((member) => member ?? '').join(','),
          duplicates: options.duplicates,
          dry_run: isDryRun,
          delimiter,
          file_name: file.name.replace(/\p{C}/gu, '').slice(0, 200) || 'list',
          ...(options.campaign === '' ? {} : { campaign_id: options.campaign }),
          ...(options.agent === '' ? {} : { agent_id: options.agent }),
        },
      },
      body: file as unknown as string, // sent as bytes
      bodySerializer: asItIs,
      headers: { 'Content-Type': `text/csv; charset=${encoding}` },
    }),
  )

const asItIs = (body: unknown) => body as string // or a file, which `fetch` sends as bytes

/** Why a mapping cannot be imported, if so. */
export function mappingProblem(columns: readonly (Member | null)[]): 'phone' | 'name' | undefined {
  if (!columns.includes('phone')) return 'phone'
  const names: readonly Member[] = ['name', 'first_name', 'last_name', 'company']
  return columns.some((member) => member !== null && names.includes(member)) ? undefined : 'name'
}
