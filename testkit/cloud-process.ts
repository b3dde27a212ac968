/**
 * A whole cloud as its users have it: a control process of its own with real sockets and files, which a test may
 * stop, kill and bring up again.
 *
 *     const cloud = await startCloudProcess({ hypervisor: 'fake' })
 *     … await cloud.kill(); await cloud.up(); … await cloud.remove()
 */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removePath } from '#core/host/files.ts'
import { bringDown, bringUp } from '#cloud/bring-up.ts'
import { accessOf, type Who } from '#cloud/credentials.ts'
import { removeDatabases, removeFromBus } from '#cloud/engines.ts'
import { removeHostParts } from '#cloud/host-cleanup.ts'
import { OpenStack, until } from '#cloud/openstack.ts'
import { askOperator } from '#cloud/operator/operator-client.ts'
import { readRunState, type RunState } from '#cloud/run-file.ts'
import { openSecrets } from '#cloud/secrets.ts'
import { StateFolder, type CloudSettings } from '#cloud/settings.ts'
import { onFreePorts } from './free-ports.ts'
import { PATIENCE_MS } from './patience.ts'

export interface CloudProcess {
  folder: StateFolder
  state: RunState
  /** A client logged in as this user; make a new one after `up`. */
  as(who: Who): Promise<OpenStack>
  up(): Promise<void>
  down(): Promise<void>
  /** `kill -9` of the control process. */
  kill(): Promise<void>
  operator<T>(method: 'GET' | 'POST', path: string): Promise<T>
  /** Ends everything and deletes the state. */
  remove(): Promise<void>
}

/** Starts a cloud in a temporary state folder, or in one that was prepared for it (a `nacre.yaml`, say). */
export async function startCloudProcess(given: Partial<CloudSettings>, prepared?: StateFolder): Promise<CloudProcess> {
  const folder = prepared ?? new StateFolder(await mkdtemp(join(tmpdir(), 'nacre-cloud-')))
  const up = async (portBase: number | null): ReturnType<typeof bringUp> => await bringUp(folder, { hypervisor: 'fake', portBase, ...given }, () => {})
  const first = given.portBase === undefined ? await onFreePorts(10, up) : await up(given.portBase)
  const cloud: CloudProcess = {
    folder, state: first.state,
    as: async (who) => {
      const authUrl = cloud.state.endpoints.find((e) => e.type === 'identity')!.url
      return await new OpenStack(accessOf(who, authUrl, first.settings.region, openSecrets(folder.secretsFile))).logIn()
    },
    async up() { cloud.state = (await bringUp(folder, {}, () => {})).state },
    async down() { await bringDown(folder) },
    async kill() {
      process.kill(cloud.state.pid, 'SIGKILL')
      await until('the process to be gone', PATIENCE_MS, () => readRunState(folder), (state) => state === undefined, 5)
    },
    operator: async (method, path) => await askOperator(folder, method, path),
    async remove() {
      await bringDown(folder)
      await removeHostParts(folder, first.settings)
      await removeDatabases(first.settings)
      await removeFromBus(folder, first.settings)
      await removePath(folder.path)
    },
  }
  return cloud
}

/** Servers can be made once the host has reported. */
export async function hostReady(admin: OpenStack): Promise<void> {
  await until('the compute host to report', PATIENCE_MS, () => admin.get<{ hypervisors: { state: string }[] }>('compute', '/v2.1/os-hypervisors'), (h) => h.hypervisors.some((x) => x.state === 'up'))
}
