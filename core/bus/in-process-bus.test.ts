import { busConformance } from '#testkit/bus-conformance.ts'
import { InProcessBus } from './in-process-bus.ts'

busConformance('InProcessBus', async () => {
  const bus = new InProcessBus()
  return { open: async () => bus }
})
