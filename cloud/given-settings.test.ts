import { describe, expect, it } from 'vitest'
import { settingsFrom, type GivenOptions } from './given-settings.ts'
import { Misuse } from './refusal.ts'
import { externalGateway, newSettings, StateFolder } from './settings.ts'

describe('what is chosen about a cloud', () => {
  it('is taken as given, and nothing else is', () => {
    expect(settingsFrom({})).toEqual({})
    expect(settingsFrom({ hypervisor: 'fake', portBase: '15000', host: '0.0.0.0', region: 'R2', database: 'mysql://u:p@db:3306', bus: 'amqp://u:p@mq:5672', externalCidr: '192.0.2.0/25' })).toEqual({
      hypervisor: 'fake', portBase: 15_000, listenHost: '0.0.0.0', publicHost: '127.0.0.1', region: 'R2', database: 'mysql://u:p@db:3306', bus: 'amqp://u:p@mq:5672', externalCidr: '192.0.2.0/25',
    })
    expect(settingsFrom({ host: '192.0.2.1', publicHost: 'cloud.example.org' })).toEqual({ listenHost: '192.0.2.1', publicHost: 'cloud.example.org' })
  })

  it.each([
    { hypervisor: 'xen' }, { portBase: 'abc' }, { portBase: '80' }, { portBase: '' }, { host: '300.1.1.1' }, { host: '::1' }, { host: 'localhost' }, { host: '' },
    { publicHost: 'http://x' }, { publicHost: '' }, { database: 'foo' }, { database: 'mysql://' }, { bus: 'foo' }, { bus: 'amqp://' }, { region: '' }, { region: 'a b' },
    { externalCidr: 'banana' }, { externalCidr: '10.0.0.0' }, { externalCidr: '10.0.0.0/30' }, { externalCidr: '10.0.0.1/24' }, { externalCidr: '300.0.0.0/24' }, { externalCidr: '10.0.0.0/-1' },
  ] satisfies GivenOptions[])('is refused before anything is written down: %o', (options) => {
    expect(() => settingsFrom(options)).toThrow(Misuse)
  })

  it('never repeats a password', () => {
    expect(() => settingsFrom({ database: 'postgres://u:hush@db' })).toThrow(expect.not.objectContaining({ message: expect.stringContaining('hush') as string }) as Error)
  })

  it('gives the host the first address outside', () => {
    const settings = newSettings(new StateFolder('/nowhere'), { externalCidr: '192.0.2.128/25' })
    expect(externalGateway(settings)).toEqual({ address: '192.0.2.129', cidr: '192.0.2.129/25' })
  })
})
