/** The folders of files that are served, one an extension: a user reads all files in the folder of their own. */
export interface MediaFolders {
  /** Whether the folder of an extension holds anything; a folder that cannot be read counts as one that does. */
  hasFiles(extension: string): Promise<boolean>
}
