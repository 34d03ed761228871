import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, startBrowser } from '../browser.ts'
import { INSECURE_HOST } from './phone-page.ts'
import { writeToneFile } from './tone-file.ts'

/** A browser with a fake microphone that sends a tone, which pages may use without a question. */
export async function startMediaBrowser(hertz: number): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'browser-'))
  const tone = join(folder, 'tone.wav')
  writeToneFile(tone, hertz)
  const browser = await startBrowser({
    args: [
      '--use-fake-device-for-media-stream',
      // Headless Chromium shows no question, so it refuses without this.
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-audio-capture=${tone}`,
      `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
      '--autoplay-policy=no-user-gesture-required',
    ],
  })
  return {
    ...browser,
    async stop() {
      await browser.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
