import { expect, it } from 'vitest'
import { canonical, containsAddress, linkLocal, netmask, parsePrefix, printPrefix, withoutContained } from './addresses.ts'

it('spells IPv6 as RFC 5952 does', () => {
  expect(['fd00:0:0:0:0:0:0:1', '::', '::1', '2001:db8:0:1:0:0:0:1', 'FE80::1', '::ffff:10.0.0.1', '1:0:2:0:3:0:4:0'].map(canonical))
    .toEqual(['fd00::1', '::', '::1', '2001:db8:0:1::1', 'fe80::1', '::ffff:a00:1', '1:0:2:0:3:0:4:0'])
})

it('clears host bits and prints a host without its length', () => {
  expect(printPrefix(parsePrefix('10.1.2.3/24'))).toBe('10.1.2.0/24')
  expect(printPrefix(parsePrefix('10.1.2.3/32'))).toBe('10.1.2.3')
  expect(printPrefix(parsePrefix('0.0.0.0/0'))).toBe('0.0.0.0/0')
  expect(printPrefix(parsePrefix('fd00::1:2/64'))).toBe('fd00::/64')
  expect(netmask(20)).toBe('255.255.240.0')
})

it('drops prefixes inside others, and doubles', () => {
  expect(withoutContained(['10.0.0.5', '10.0.0.0/24', '10.0.1.1', '10.0.1.1/32', 'fd00::1', '::/0', '10.0.0.0/28']).map(printPrefix).sort())
    .toEqual(['10.0.0.0/24', '10.0.1.1', '::/0'])
  expect(withoutContained(['0.0.0.0/0', '::/0', '::1']).map(printPrefix)).toEqual(['0.0.0.0/0', '::/0'])
})

it('knows what lies in a prefix, and the address of a MAC', () => {
  expect(containsAddress('192.168.1.10/24', '192.168.1.200')).toBe(true)
  expect(containsAddress('192.168.1.10/24', '192.168.2.1')).toBe(false)
  expect(containsAddress('0.0.0.0/0', 'fd00::1')).toBe(false)
  expect(linkLocal('fa:16:3e:00:0a:01')).toBe('fe80::f816:3eff:fe00:a01')
})
