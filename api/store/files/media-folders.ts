import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import type { MediaFolders } from '../../core/provisioning/media-folders.ts'

/** @param root HOOKSWITCH_MEDIA_ROOT; a missing folder counts as empty */
export const createMediaFolders = (root: string): MediaFolders => ({
  async hasFiles(extension) {
    // Anything but digits could lead out of the root.
    if (!/^\d+$/.test(extension)) return true
    try {
      const folder = await opendir(join(root, extension))
      try {
        return (await folder.read()) !== null
      } finally {
        await folder.close()
      }
    } catch (err) {
      return !(err instanceof Error && 'code' in err && err.code === 'ENOENT')
    }
  },
})
