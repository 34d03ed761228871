import { useMessages } from '../../i18n/messages.ts'
import { componentMessages } from '../messages.ts'
import { describeUserAgent } from './user-agent.ts'

/** @returns a function that names the program and computer of a session, such as `Chrome on Linux` */
export function useDeviceName(): (userAgent: string | undefined) => string {
  const { device } = useMessages(componentMessages)
  return (userAgent = '') => {
    const { program, system } = describeUserAgent(userAgent)
    return device(program, system)
  }
}
