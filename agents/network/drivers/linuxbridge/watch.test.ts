import { expect, it } from 'vitest'
import { readResolvers } from './host-resolvers.ts'
import { readLinkEvent } from './watch.ts'

it('reads link messages of ip monitor', () => {
  expect(readLinkEvent('12: tap1234: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc fq_codel master brqab state UP group default \\    link/ether fe:16'))
    .toEqual({ name: 'tap1234', deleted: false, up: true, master: 'brqab' })
  expect(readLinkEvent('Deleted 13: tapx@if2: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default ')).toEqual({ name: 'tapx', deleted: true, up: false, master: undefined })
  expect(readLinkEvent('10.0.0.1 dev eth0 lladdr 02:00')).toBeUndefined()
})

it('takes resolvers that a namespace can reach', () => {
  expect(readResolvers('# x\nnameserver 127.0.0.53\nnameserver 192.0.2.7\n  nameserver fd00::1\nsearch a\n')).toEqual(['192.0.2.7', 'fd00::1'])
})
