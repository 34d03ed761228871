import type { Role } from '../../../contract/claims.ts'

/** Systems that people are imported from; also the key that an account stores as its `source`. */
export const ACCOUNT_SOURCES = ['mikopbx', 'freepbx', 'asterisk', 'pjsip', 'csv'] as const
export type AccountSourceName = (typeof ACCOUNT_SOURCES)[number]

/** Sources that are read from a file. */
export const FILE_SOURCES = ['pjsip', 'csv'] as const satisfies readonly AccountSourceName[]
export const isFileSource = (source: AccountSourceName): source is (typeof FILE_SOURCES)[number] =>
  (FILE_SOURCES as readonly AccountSourceName[]).includes(source)

/** A person as the source has them; texts as they are there. */
export interface SourcePerson {
  /** Stays the same at the source, such as the number of an extension. */
  sourceId: string
  extension: string | null
  /** By default the extension. */
  username?: string | undefined
  name: string | null
  email: string | null
  /** Undefined: the source knows no roles, and the role of an account stays. */
  role?: Role | undefined
  disabled?: boolean | undefined
  /** Of the file that lists them. */
  line?: number | undefined
}

/** A part of a file that could not be read. */
export interface LineError {
  line: number
  reason: string
}

export interface FetchedPeople {
  people: readonly SourcePerson[]
  /** People may be missing because of these: so no person counts as gone. */
  lineErrors: readonly LineError[]
}

export interface AccountSource {
  name: AccountSourceName
  /**
   * Reads all people.
   * @throws {Refusal} `unavailable` while the source does not answer or answers in part, `conflict` if it refuses the
   *   credentials, `input_invalid` for a file that is not of its format
   */
  fetch(): Promise<FetchedPeople>
}

/** The sources that the settings describe. */
export interface AccountSourceOpener {
  /** Sources without a file that have their settings. */
  available(): readonly AccountSourceName[]
  /**
   * @param file the text of the file, for a source that is one
   * @throws {Refusal} `input_invalid` if the settings lack the source, or for a missing file
   */
  open(name: AccountSourceName, file?: string): AccountSource
}
