import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** A set of networks. */
export interface Networks {
  /** Whether the address is in one of them. An address that is no IP address is in none. */
  includes(address: string): boolean
}

export interface Network {
  address: string
  prefix: number
  family: 'ipv4' | 'ipv6'
}

/**
 * Reads `192.0.2.0/24`, `2001:db8::/32`, or one address.
 * @returns undefined for any other text, as `fe80::1%eth0`, which is an address of one machine alone
 */
export function readNetwork(text: string): Network | undefined {
  const [, address = '', digits] = /^([0-9a-fA-F.:]{2,45})(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? []
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined
  if (family === undefined) return undefined
  const bits = family === 'ipv4' ? 32 : 128
  const prefix = digits === undefined ? bits : Number(digits)
  return prefix <= bits ? { address, prefix, family } : undefined
}

export const isNetwork = (text: string): boolean => readNetwork(text) !== undefined

/** @throws {TypeError} for a text that is no network */
export function parseNetworks(texts: readonly string[]): Networks {
  const list = new BlockList()
  for (const text of texts) {
    const network = readNetwork(text)
    if (network === undefined) throw new TypeError('a network is written as 192.0.2.0/24')
    list.addSubnet(network.address, network.prefix, network.family)
  }
  return {
    includes(address) {
      if (isIPv4(address)) return list.check(address, 'ipv4')
      // An IPv4 client of a socket that speaks both is `::ffff:192.0.2.1`: the list knows that form.
      return isIPv6(address) && list.check(address, 'ipv6')
    },
  }
}
