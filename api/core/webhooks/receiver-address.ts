import { BlockList, isIP } from 'node:net'
import { readNetwork } from '../../../contract/networks.ts'

/** Which addresses webhooks may be sent to. */
export interface AddressPolicy {
  /**
   * @param address IPv4 or IPv6, as a socket names it
   * @param host the name in the URL, as `URL.hostname` has it
   */
  isAllowed(address: string, host: string): boolean
}

/** Hosts, addresses and networks that the settings allow, such as `crm.lan`, `10.0.0.7`, `10.0.0.0/8`. */
export type AllowedNetworks = readonly string[]

/**
 * Public addresses are allowed; all others only where the settings name the host or the network. Services that hand
 * the credentials of a cloud machine to any program on it are never allowed.
 *
 * @throws {TypeError} for an entry that `isAllowedNetwork` refuses
 */
export function createAddressPolicy(allowed: AllowedNetworks): AddressPolicy {
  const networks = new BlockList()
  const hosts = new Set<string>()
  for (const entry of allowed) {
    const network = readNetwork(entry)
    if (network !== undefined) networks.addSubnet(network.address, network.prefix, network.family)
    else if (HOST_NAME.test(entry)) hosts.add(entry.toLowerCase())
    else throw new TypeError('an allowed network is a host, an address or a network')
  }
  return {
    isAllowed(address, host) {
      if (isIP(address) === 0 || METADATA.check(address, familyOf(address))) return false
      if (hosts.has(host.toLowerCase()) || networks.check(address, familyOf(address))) return true
      return isPublicAddress(address)
    },
  }
}

/** Whether an entry of the setting has a valid form. */
export const isAllowedNetwork = (entry: string): boolean =>
  readNetwork(entry) !== undefined || (HOST_NAME.test(entry) && !/^[\d.]+$/.test(entry))

/** An address of the public internet: not one of this machine, its networks, or a form that contains another address. */
export const isPublicAddress = (address: string): boolean => {
  const version = isIP(address)
  if (version === 4) return !RESERVED_V4.check(address, 'ipv4')
  return version === 6 && GLOBAL_V6.check(address, 'ipv6') && !RESERVED_V6.check(address, 'ipv6')
}

const HOST_NAME =
  /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$/

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

const listOf = (family: 'ipv4' | 'ipv6', networks: readonly (readonly [string, number])[]) => {
  const list = new BlockList()
  for (const [address, prefix] of networks) list.addSubnet(address, prefix, family)
  return list
}

/** IANA IPv4 Special-Purpose Address Registry, multicast and the reserved rest. */
const RESERVED_V4 = listOf('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
])

/** The only part of IPv6 that IANA has assigned as global unicast: not `::1`, `fc00::/7`, `fe80::/10`, mapped, NAT64. */
const GLOBAL_V6 = listOf('ipv6', [['2000::', 3]])
/** IANA IPv6 Special-Purpose Address Registry: Teredo and others, documentation, 6to4. */
const RESERVED_V6 = listOf('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
])

/** Metadata services: Amazon, Google, Azure and others, ECS, Amazon over IPv6, Alibaba, Azure’s wire server, Oracle. */
const METADATA = (() => {
  const list = new BlockList()
  const v4 = [
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
  ]
  for (const address of v4) {
    list.addAddress(address, 'ipv4')
    // An allowed network may contain these forms of it.
    const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
    const [high, low] = [(a * 256 + b).toString(16), (c * 256 + d).toString(16)]
    for (const form of [`::ffff:${high}:${low}`, `64:ff9b::${high}:${low}`, `2002:${high}:${low}::`]) {
      list.addSubnet(form, form.startsWith('2002') ? 48 : 128, 'ipv6')
    }
  }
  for (const address of ['fd00:ec2::254', 'fd00:ec2::23']) list.addAddress(address, 'ipv6')
  return list
})()
