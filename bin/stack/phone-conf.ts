import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AsteriskInstall } from '../system/asterisk.ts'

/** A SIP phone (baresip) that uses loopback alone: it sends a tone, and drops what it receives. */
export interface PhoneConfValues {
  asterisk: AsteriskInstall
  /** Of its configuration, for this phone alone. */
  folder: string
  extension: string
  secret: string
  /** Of the PBX. */
  sipPort: number
  /** Whether it takes calls by itself. */
  answer: 'auto' | 'manual'
  /** The tone it sends, in hertz. */
  tone: number
  /** Where it takes orders, from any process of this machine; undefined for a phone that takes none. */
  controlPort: number | undefined
  /** The WAV file of what it receives in its newest call; without one it drops that. */
  recording?: string
}

/** @returns the arguments of baresip */
export function configurePhone(values: PhoneConfValues): string[] {
  const { asterisk, folder, extension, secret, sipPort, answer, tone, controlPort, recording } = values
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 })
  write(
    'accounts',
    `<sip:${extension}@127.0.0.1:${sipPort};transport=udp>;auth_user=${extension};auth_pass=${secret};` +
      `answermode=${answer};regint=60;audio_codecs=PCMU/8000/1;ptime=20\n`,
  )
  write('contacts', '')
  write('uuid', `00000000-0000-4000-8000-${extension.padStart(12, '0')}`)
  write(
    'config',
    `poll_method epoll
sip_listen 127.0.0.1:0
net_interface 127.0.0.1
call_local_timeout 120
call_max_calls 8
audio_player ${recording === undefined ? 'aubridge,sink' : `aufile,${recording}`}
audio_source ausine,${tone}
audio_alert aubridge,alert
ausrc_srate 48000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
rtp_tos 0
rtp_ports ${RTP_PORTS}
rtcp_mux no
jitter_buffer_type off
module_path ${asterisk.phoneModules}
module g711.so
module ausine.so
module aubridge.so
${recording === undefined ? '' : 'module aufile.so'}
module_tmp account.so
module_app menu.so
${controlPort === undefined ? '' : `module_app ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:${controlPort}`}
menu_bell no
${SOUNDS.map((name) => `${name}_aufile none`).join('\n')}
ringback_disabled yes
sip_autoanswer_beep no
`,
  )
  return ['-f', folder]
}

/** For all phones of the machine together: each takes two that are free, below those that connections use. */
const RTP_PORTS = '17000-18999'
const SOUNDS = ['ring', 'ringback', 'callwaiting', 'busy', 'error', 'notfound', 'sip_autoanswer']
