import { type Api, dataOf, type Wire } from '../../api/client.ts'
import {
  CONFIG_FIELDS,
  type Field,
  SETTINGS_FIELDS,
  TEMPLATE_FIELDS,
  toMember,
  toValue,
  type Values,
} from './fields.ts'

/** One version of a document. Version 0 was never stored. */
export interface StoredDocument {
  version: number
  values: Values
}

/** How one document is read and written, of whatever kind. */
export interface DocumentAccess {
  /** Begins the keys of its queries. */
  key: readonly string[]
  fields: readonly Field[]
  /** @param version the newest if undefined; null if there is none */
  read(version: number | undefined, signal?: AbortSignal): Promise<StoredDocument | null>
  /** @param base the version that was read: any other stored one is refused with 412 */
  write(values: Values, base: number): Promise<StoredDocument>
  /** Not there for what is never deleted. */
  remove?(base: number): Promise<unknown>
  listVersions(cursor: string | undefined, signal?: AbortSignal): Promise<Wire<'AiVersionList'>>
}

export function templateAccess(api: Api, id: string): DocumentAccess {
  const path = { id }
  return {
    key: ['ai', 'template', id],
    fields: TEMPLATE_FIELDS,
    read: async (version, signal) =>
      toStored(
        TEMPLATE_FIELDS,
        await dataOf(
          api.GET('/api/ai/templates/{id}', {
            params: { path, query: versionQuery(version) },
            ...abort(signal),
          }),
        ),
      ),
    write: async (values, base) =>
      toStored(
        TEMPLATE_FIELDS,
        await dataOf(
          api.PUT('/api/ai/templates/{id}', {
            params: { path, header: ifMatch(base) },
            body: toTemplate(values),
          }),
        ),
      ),
    remove: (base) => api.DELETE('/api/ai/templates/{id}', { params: { path, header: ifMatch(base) } }),
    listVersions: (cursor, signal) =>
      dataOf(
        api.GET('/api/v1/ai/templates/{templateId}/versions', {
          params: { path: { templateId: id }, query: page(cursor) },
          ...abort(signal),
        }),
      ),
  }
}

/** @returns the new template */
export const createTemplate = (api: Api, values: Values): Promise<Wire<'CrmTemplate'>> =>
  dataOf(api.POST('/api/ai/templates', { body: toTemplate(values) }))

export function settingsAccess(api: Api, agentId: string): DocumentAccess {
  const path = { agent_id: agentId }
  return {
    key: ['ai', 'settings', agentId],
    fields: SETTINGS_FIELDS,
    async read(version, signal) {
      const settings: Wire<'CrmAiSettings'> | null = await dataOf(
        api.GET('/api/ai/settings/{agent_id}', {
          params: { path, query: versionQuery(version) },
          ...abort(signal),
        }),
      )
      return settings === null ? null : toStored(SETTINGS_FIELDS, settings)
    },
    write: async (values, base) =>
      toStored(
        SETTINGS_FIELDS,
        await dataOf(
          api.PUT('/api/ai/settings/{agent_id}', {
            ...(base === 0
              ? { params: { path }, headers: { 'If-None-Match': '*' } }
              : { params: { path, header: ifMatch(base) } }),
            body: toBody<SettingsBody>(SETTINGS_FIELDS, values),
          }),
        ),
      ),
    remove: (base) => api.DELETE('/api/ai/settings/{agent_id}', { params: { path, header: ifMatch(base) } }),
    listVersions: (cursor, signal) =>
      dataOf(
        api.GET('/api/v1/ai/settings/{agentId}/versions', {
          params: { path: { agentId }, query: page(cursor) },
          ...abort(signal),
        }),
      ),
  }
}

export function configAccess(api: Api): DocumentAccess {
  return {
    key: ['ai', 'config'],
    fields: CONFIG_FIELDS,
    read: async (version, signal) =>
      toStored(
        CONFIG_FIELDS,
        await dataOf(
          api.GET('/api/ai/config', { params: { query: versionQuery(version) }, ...abort(signal) }),
        ),
      ),
    write: async (values, base) =>
      toStored(
        CONFIG_FIELDS,
        await dataOf(
          api.PUT('/api/ai/config', {
            // The default has no ETag: the first one who stores a configuration needs no condition.
            params: base === 0 ? {} : { header: ifMatch(base) },
            body: toBody<ConfigBody>(CONFIG_FIELDS, values),
          }),
        ),
      ),
    listVersions: (cursor, signal) =>
      dataOf(api.GET('/api/v1/ai/config/versions', { params: { query: page(cursor) }, ...abort(signal) })),
  }
}

type SettingsBody = Pick<
  Wire<'CrmAiSettings'>,
  'systemPrompt' | 'greetingMessage' | 'voiceId' | 'language' | 'maxResponseTokens' | 'temperature'
>
type ConfigBody = Omit<Wire<'CrmAiConfig'>, 'version'>
type TemplateBody = Pick<Wire<'CrmTemplate'>, 'name' | 'category' | 'content'>

const toTemplate = (values: Values) => toBody<TemplateBody>(TEMPLATE_FIELDS, values)
const toBody = <Body>(fields: readonly Field[], values: Values): Body =>
  Object.fromEntries(fields.map((field) => [field.name, toMember(field, values[field.name] ?? '')])) as Body // one member a field
const toStored = (fields: readonly Field[], document: { version: number }): StoredDocument => {
  const members = new Map<string, unknown>(Object.entries(document))
  return {
    version: document.version,
    values: Object.fromEntries(fields.map(({ name }) => [name, toValue(members.get(name))])),
  }
}

const ifMatch = (version: number) => ({ 'if-match': `"${version}"` })
const versionQuery = (version: number | undefined) => (version === undefined ? {} : { version })
const page = (cursor: string | undefined) => ({ limit: 50, ...(cursor === undefined ? {} : { cursor }) })
const abort = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal })
