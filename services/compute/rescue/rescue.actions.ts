/** rescue and unrescue: the server boots from an image, its own disks beside, to be repaired. */
import { inTransaction } from '#core/db/database.ts'
import { Type } from '#core/schema/schema.ts'
import type { RescueType } from '../agent/compute-agent.contract.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { configDriveFiles } from '../metadata/config-drive.ts'
import { closed, Uuid, wrapped } from '../schema/parameter-types.ts'
import { action, type ActionHandler } from '../server-actions/action.ts'
import { guestOperation, type GuestInput } from '../server-actions/guest-operation.ts'
import { requireHost, startWork } from '../server-actions/start-work.ts'
import { newAdminPassword } from '../servers/admin-password.ts'
import { beginAction, checkAction } from '../servers/begin-action.ts'
import { bootableImage } from '../servers/image-check.ts'
import { serverSpec } from '../servers/server-spec.ts'
import { imageOf, type ImageMeta, type ServerRow } from '../servers/server.row.ts'
import { POWER } from '../servers/server.states.ts'

interface RescueInput extends GuestInput { image: ImageMeta; adminPass: string | null }

/** An image that says how it wants to be plugged in leaves the server's disks where they are. */
async function rescueOf(ctx: ComputeContext, server: ServerRow, input: RescueInput): Promise<RescueType> {
  const { image } = input
  const bus = image.properties['hw_rescue_bus']
  const device = image.properties['hw_rescue_device']
  const kernel = image.properties['kernel_id']
  return {
    disk: {
      role: 'rescue', index: 0, sizeMiB: 0, bus: bus ?? image.properties['hw_disk_bus'] ?? 'virtio', ...(device === 'cdrom' ? { device: 'cdrom' as const } : {}),
      source: { kind: 'image', imageId: image.id, checksum: image.checksum, diskFormat: image.diskFormat, sizeBytes: image.sizeBytes },
    },
    stable: bus !== undefined || device !== undefined,
    directKernel: kernel === undefined ? null : { kernelImageId: kernel, ramdiskImageId: image.properties['ramdisk_id'] ?? null, commandLine: image.properties['os_command_line'] ?? 'root=/dev/vda console=tty0 console=ttyS0' },
    configDrive: server.config_drive === '' ? null : await configDriveFiles(ctx, server, { adminPass: input.adminPass, files: [] }),
  }
}

export const rescueOperation = guestOperation<RescueInput>({
  name: 'rescue-server', title: 'boot the rescue image', tasks: ['rescuing'], errorOnFailure: true, secrets: ['adminPass'],
  work: async (ctx, agent, server, input) => await agent.rescue({ spec: await serverSpec(ctx, server), rescue: await rescueOf(ctx, server, input), timeoutS: ctx.config.shutdownTimeoutS }),
  done: () => ({ vm_state: 'rescued', power_state: POWER.running }),
})

export const unrescueOperation = guestOperation({
  name: 'unrescue-server', title: 'boot from its own disks', tasks: ['unrescuing'], errorOnFailure: true,
  work: async (ctx, agent, server) => await agent.unrescue({ spec: await serverSpec(ctx, server) }),
  done: () => ({ vm_state: 'active', power_state: POWER.running }),
})

const rescueBody = wrapped('rescue', Type.Unsafe<{ adminPass?: string; rescue_image_ref?: string } | null>({ ...closed({ adminPass: Type.Optional(Type.String()), rescue_image_ref: Type.Optional(Uuid) }), type: ['object', 'null'] }))

const rescue: ActionHandler<{ adminPass?: string; rescue_image_ref?: string } | null> = async (ctx, server, body) => {
  checkAction(ctx, server, 'rescue')
  await requireHost(ctx, server)
  const image = body?.rescue_image_ref === undefined ? imageOf(server) : await bootableImage(ctx, body.rescue_image_ref).catch((error: unknown) => {
    throw (error as { code?: string }).code === 'ImageNotFound' ? errors.BadRequest({ message: `Instance ${server.id} cannot be rescued: Image ${body.rescue_image_ref} could not be found.` }, { cause: error }) : error
  })
  const adminPass = body?.adminPass ?? newAdminPassword()
  await inTransaction(ctx, async (tx) => {
    await beginAction(tx, server, 'rescue')
    await tx.operations.submit(tx, rescueOperation as never, { serverId: server.id, image, adminPass: server.config_drive === '' ? null : adminPass })
  })
  return ctx.config.enableInstancePassword ? { adminPass } : {}
}

const unrescue: ActionHandler = async (ctx, server) => { await startWork(ctx, server, 'unrescue', unrescueOperation, { serverId: server.id }) }

export const rescueActions = [
  action('rescue', rescue, { rule: 'os_compute_api:os-rescue', status: 200, body: rescueBody }),
  action('unrescue', unrescue, { rule: 'os_compute_api:os-unrescue' }),
]
