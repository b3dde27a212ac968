import { describe } from 'vitest'
import { checkOperation } from '#testkit/check-operation.ts'
import { rescueOperation, unrescueOperation } from '../rescue/rescue.actions.ts'
import { offloadOperation, shelveOperation } from '../shelving/shelve.operations.ts'
import { unshelveOperation } from '../shelving/unshelve.operations.ts'
import { scene } from '../testing/operation-scenes.ts'
import { confirmResizeOperation, resizeOperation, revertResizeOperation } from './resize.operations.ts'

const GOES_ON = 'it goes on until it is done'
const UNKNOWN = 'nobody knows how the guest is: the server goes to ERROR'
type Parts = Parameters<NonNullable<Parameters<typeof scene>[0]['prepare']>>[0]

async function large({ cloud }: Parts): Promise<void> {
  await cloud.admin.post('/v2.1/flavors', { flavor: { id: 'large', name: 'large', ram: 128, vcpus: 2, disk: 2 } })
}
async function resized(parts: Parts): Promise<void> {
  await large(parts)
  await parts.act({ resize: { flavorRef: 'large' } })
}

describe('resizing a server', () => {
  checkOperation(resizeOperation, scene({ prepare: large, begin: async ({ act }) => { await act({ resize: { flavorRef: 'large' } }) } }), { steps: ['claim-new', 'resize-disks', 'start-new', 'settle'] })
})
describe('confirming a resize', () => {
  checkOperation(confirmResizeOperation, scene({ prepare: resized, begin: async ({ act }) => { await act({ confirmResize: null }) } }), { steps: ['forget-old', 'free-old', 'settle'], notUndone: { settle: GOES_ON } })
})
describe('reverting a resize', () => {
  checkOperation(revertResizeOperation, scene({ prepare: resized, begin: async ({ act }) => { await act({ revertResize: null }) } }), { steps: ['restore-old', 'reclaim', 'settle'], notUndone: { settle: GOES_ON } })
})
describe('rescuing a server', () => {
  checkOperation(rescueOperation, scene({ begin: async ({ act }) => { await act({ rescue: null }) } }), { steps: ['guest', 'settle'], notUndone: { guest: UNKNOWN, settle: UNKNOWN } })
})
describe('ending a rescue', () => {
  checkOperation(unrescueOperation, scene({ prepare: async ({ act }) => { await act({ rescue: null }) }, begin: async ({ act }) => { await act({ unrescue: null }) } }), { steps: ['guest', 'settle'], notUndone: { guest: UNKNOWN, settle: UNKNOWN } })
})
describe('shelving a server', () => {
  checkOperation(shelveOperation, scene({ begin: async ({ act }) => { await act({ shelve: null }) } }), { steps: ['stop-guest', 'upload', 'settle'], notUndone: { settle: 'the server is shelved by then', 'stop-guest': 'the image record stays until the next try' } })
})
describe('taking a shelved server off its host', () => {
  checkOperation(offloadOperation, scene({ begin: async ({ act }) => { await act({ shelve: null }) } }), { steps: ['destroy-guest', 'unbind-ports', 'free-claim', 'settle'], notUndone: { settle: GOES_ON } })
})
describe('unshelving a server', () => {
  checkOperation(unshelveOperation, scene({ prepare: async ({ act, cloud }) => { await act({ shelve: null }); await cloud.settled() }, begin: async ({ act }) => { await act({ unshelve: null }) } }), {
    steps: ['select-host', 'claim-resources', 'bind-ports', 'spawn', 'wait-for-network', 'activate', 'drop-image'], notUndone: { 'drop-image': 'the image it was kept as is gone' },
  })
})
