/** Folders of media files, one per extension. A user can read all files in the folder of their extension. */
export interface MediaFolders {
  /** @returns true also if the folder cannot be read */
  hasFiles(extension: string): Promise<boolean>
}
