import { type ExtensionRules, isDialableExtension } from '../dial-policy/dialable-extension.ts'
import type { MediaFolders } from './media-folders.ts'

/**
 * A number may be assigned if users can dial it and its media folder is empty: the files in a folder belong to the
 * previous owner of the number.
 * @param policy asked at each call, as the settings file may be reloaded
 */
export const createAssignableNumberCheck =
  (policy: () => ExtensionRules, media: MediaFolders) =>
  async (extension: string): Promise<boolean> =>
    isDialableExtension(extension, policy()) && !(await media.hasFiles(extension))
