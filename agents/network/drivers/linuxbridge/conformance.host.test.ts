import { afterEach, beforeEach, describe } from 'vitest'
import { HostLab, whyNoHostTests } from '../../testing/host-lab.ts'
import { networkDriverConformance } from '../../testing/driver-conformance.ts'

const reason = whyNoHostTests()
if (reason !== undefined) console.log(`skipped: ${reason}`)

describe.skipIf(reason !== undefined)('the Linux bridge driver', () => {
  let lab: HostLab
  beforeEach(async () => { lab = await HostLab.open() })
  afterEach(async () => { await lab.close() })

  networkDriverConformance(async () => await lab.driver('h1'))
})
