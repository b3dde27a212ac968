import { describe } from 'vitest'
import { checkOperation } from '#testkit/check-operation.ts'
import { cacheImagesOperation } from '../aggregates/cache-images.operation.ts'
import { attachInterfaceOperation, detachInterfaceOperation } from '../interfaces/interface.operations.ts'
import { rebootServerOperation, startServerOperation, stopServerOperation } from '../server-actions/power.operations.ts'
import { rebuildOperation } from '../server-actions/rebuild.operation.ts'
import { snapshotOperation } from '../server-actions/snapshot.operation.ts'
import { LATEST } from '../testing/compute-cloud.ts'
import { scene } from '../testing/operation-scenes.ts'
import { createServerOperation } from './create-server.operation.ts'
import { deleteServerOperation } from './delete-server.operation.ts'

const GUEST_IS_AHEAD = 'the guest keeps what it has reached; the comparison of power states settles it'

describe('creating a server', () => {
  checkOperation(createServerOperation, scene({
    withServer: false,
    async prepare({ cloud, left }) {
      left['port'] = (await cloud.networkAdmin.post<{ port: { id: string } }>('/v2.0/ports', { port: { network_id: cloud.networkId } })).body.port.id
    },
    async begin({ cloud, left }) {
      const body = { server: { name: 's', imageRef: cloud.imageId, flavorRef: 'tiny', networks: [{ uuid: cloud.networkId }, { port: left['port'] }] } }
      const answer = await cloud.admin.post<never>('/v2.1/servers', body, LATEST)
      if (answer.status !== 202) throw new Error(answer.text)
    },
  }), { steps: ['select-host', 'claim-resources', 'bind-port:0', 'bind-port:1', 'spawn', 'wait-for-network', 'activate'] })
})

describe('fetching images ahead', () => {
  const arrange = scene({
    withServer: false,
    async prepare({ cloud, left }) {
      left['aggregate'] = String((await cloud.admin.post<{ aggregate: { id: number } }>('/v2.1/os-aggregates', { aggregate: { name: 'a' } })).body.aggregate.id)
      await cloud.admin.post(`/v2.1/os-aggregates/${left['aggregate']}/action`, { add_host: { host: 'host1' } })
    },
    async begin({ cloud, left }) {
      const answer = await cloud.admin.post<never>(`/v2.1/os-aggregates/${left['aggregate']}/images`, { cache: [{ id: cloud.imageId }] }, LATEST)
      if (answer.status !== 202) throw new Error(answer.text)
    },
  })
  /** All that remains in this cloud is what the hosts answered. */
  checkOperation(cacheImagesOperation, async (swap) => {
    const made = await arrange(swap)
    const answered = () => made.db.selectFrom('operations').select('results').where('name', '=', cacheImagesOperation.name).where('state', '=', 'done').execute()
    return { ...made, snapshot: async () => ({ world: await made.snapshot(), answered: await answered() }) }
  }, { steps: ['look-up-images', 'cache:host1'] })
})

describe('deleting a server', () => {
  checkOperation(deleteServerOperation, scene({ begin: async ({ cloud, server }) => { await cloud.member.delete(`/v2.1/servers/${server.id}`) } }), {
    steps: ['stop-others', 'destroy', 'free-ports', 'free-claim', 'forget'], notUndone: { 'stop-others': 'a deletion goes on', forget: 'a deletion goes on' },
  })
})

describe('stopping a server', () => {
  checkOperation(stopServerOperation, scene({ begin: async ({ act }) => { await act({ 'os-stop': null }) } }), { steps: ['guest', 'settle'], notUndone: { guest: GUEST_IS_AHEAD, settle: GUEST_IS_AHEAD } })
})

describe('starting a server', () => {
  checkOperation(startServerOperation, scene({ prepare: async ({ act }) => { await act({ 'os-stop': null }) }, begin: async ({ act }) => { await act({ 'os-start': null }) } }), {
    steps: ['guest', 'settle'], notUndone: { guest: GUEST_IS_AHEAD, settle: GUEST_IS_AHEAD },
  })
})

describe('rebooting a stopped server', () => {
  checkOperation(rebootServerOperation, scene({ prepare: async ({ act }) => { await act({ 'os-stop': null }) }, begin: async ({ act }) => { await act({ reboot: { type: 'HARD' } }) } }), {
    steps: ['guest', 'settle'], notUndone: { guest: GUEST_IS_AHEAD, settle: GUEST_IS_AHEAD },
  })
})

describe('rebuilding a server', () => {
  const gone = 'what was on the disks is gone'
  checkOperation(rebuildOperation, scene({ begin: async ({ cloud, act }) => { await act({ rebuild: { imageRef: cloud.imageId, name: 'anew' } }) } }), {
    steps: ['destroy-old', 'change', 'spawn-new', 'settle'], notUndone: { 'destroy-old': gone, change: gone, 'spawn-new': gone, settle: gone },
  })
})

describe('making an image of a server', () => {
  checkOperation(snapshotOperation, scene({ begin: async ({ act }) => { await act({ createImage: { name: 'snap' } }) } }), { steps: ['upload', 'rotate', 'settle'], notUndone: { upload: 'nothing was made yet: the record goes with the next try' } })
})

describe('plugging a NIC in', () => {
  checkOperation(attachInterfaceOperation, scene({
    // The call answers when all is done; the scene goes on as soon as the work is accepted.
    async begin({ cloud, server }) {
      void cloud.member.post(`/v2.1/servers/${server.id}/os-interface`, { interfaceAttachment: { net_id: cloud.networkId } }).catch(() => {})
      const { db } = cloud.compute.context()
      while ((await db.selectFrom('operations').select('id').where('name', '=', attachInterfaceOperation.name).execute()).length === 0) await new Promise((resolve) => { setImmediate(resolve) })
    },
  }), { steps: ['make-port', 'plug', 'remember'] })
})

describe('pulling a NIC out', () => {
  checkOperation(detachInterfaceOperation, scene({
    begin: async ({ cloud, server }) => {
      const [port] = (await cloud.networkAdmin.get<{ ports: { id: string }[] }>(`/v2.0/ports?device_id=${server.id}`)).body.ports
      await cloud.member.delete(`/v2.1/servers/${server.id}/os-interface/${port!.id}`)
    },
  }), { steps: ['unplug', 'free-port', 'forget'], notUndone: { forget: 'a NIC that is out stays out' } })
})
