/**
 * What a server is (vm_state) and what is being done with it (task_state), which action is allowed when, and the
 * status users see. API, operations and reconcilers read this one table; a transition is one conditional UPDATE.
 *
 *                     ┌─ stop ─▶ stopped ─ start ─┐
 *     building ──▶ active ◀──────────────────────┘ ── pause ▶ paused, suspend ▶ suspended, rescue ▶ rescued,
 *        └──▶ error   └─ resize ▶ resized ─ confirm/revert ▶ active        shelve ▶ shelved ▶ shelved_offloaded
 *                     any ── delete ▶ soft-delete / deleted
 */

export const VM_STATES = ['active', 'building', 'paused', 'suspended', 'stopped', 'rescued', 'resized', 'soft-delete', 'deleted', 'error', 'shelved', 'shelved_offloaded'] as const
export type VmState = (typeof VM_STATES)[number]

export type TaskState = 'scheduling' | 'block_device_mapping' | 'networking' | 'spawning' | 'image_snapshot_pending' | 'image_snapshot' | 'image_pending_upload'
  | 'image_uploading' | 'image_backup' | 'updating_password' | 'resize_prep' | 'resize_migrating' | 'resize_migrated' | 'resize_finish' | 'resize_reverting'
  | 'resize_confirming' | 'rebooting' | 'reboot_pending' | 'reboot_started' | 'rebooting_hard' | 'reboot_pending_hard' | 'reboot_started_hard' | 'pausing' | 'unpausing'
  | 'suspending' | 'resuming' | 'powering-off' | 'powering-on' | 'rescuing' | 'unrescuing' | 'rebuilding' | 'rebuild_block_device_mapping' | 'rebuild_spawning'
  | 'migrating' | 'deleting' | 'soft-deleting' | 'restoring' | 'shelving' | 'shelving_image_pending_upload' | 'shelving_image_uploading' | 'shelving_offloading' | 'unshelving'

export const POWER = { nostate: 0, running: 1, paused: 3, shutdown: 4, crashed: 6, suspended: 7 } as const

export interface ActionRule {
  /** Allowed vm_states; absent allows any. */
  from?: readonly VmState[]
  /** Allowed task_states; absent allows none but null; 'any' allows all. */
  tasks?: readonly (TaskState | null)[] | 'any'
  /** The task_state it enters; absent changes nothing. */
  task?: TaskState
  /** Allowed while locked. */
  whileLocked?: boolean
  /** Allowed before the server was ever launched. */
  unlaunched?: boolean
}

const REBOOTABLE: readonly (TaskState | null)[] = [null, 'rebooting', 'rebooting_hard', 'resuming', 'reboot_pending', 'reboot_started', 'reboot_pending_hard', 'reboot_started_hard', 'unpausing', 'pausing', 'suspending', 'powering-off', 'powering-on']
const SNAPSHOTABLE: readonly VmState[] = ['active', 'stopped', 'paused', 'suspended']
const WITH_METADATA: readonly VmState[] = ['active', 'paused', 'suspended', 'stopped']

/** By the name the API gives the action: refusals say it. */
export const serverActions = {
  start: { from: ['stopped'], task: 'powering-on' },
  stop: { from: ['active', 'error'], task: 'powering-off' },
  'reboot-soft': { from: ['active'], task: 'rebooting' },
  'reboot-hard': { from: ['active', 'stopped', 'paused', 'suspended', 'error'], tasks: REBOOTABLE, task: 'rebooting_hard' },
  pause: { from: ['active'], task: 'pausing' },
  unpause: { from: ['paused'], task: 'unpausing' },
  suspend: { from: ['active'], task: 'suspending' },
  resume: { from: ['suspended'], task: 'resuming' },
  rebuild: { from: ['active', 'stopped', 'error'], task: 'rebuilding' },
  resize: { from: ['active', 'stopped'], task: 'resize_prep' },
  migrate: { from: ['active', 'stopped'], task: 'resize_prep' },
  confirmResize: { from: ['resized'], task: 'resize_confirming' },
  revertResize: { from: ['resized'], task: 'resize_reverting' },
  rescue: { from: ['active', 'stopped', 'error'], task: 'rescuing' },
  unrescue: { from: ['rescued'], task: 'unrescuing' },
  shelve: { from: ['active', 'stopped', 'paused', 'suspended'], task: 'shelving' },
  shelveOffload: { from: ['shelved'], task: 'shelving_offloading' },
  unshelve: { from: ['shelved', 'shelved_offloaded'], task: 'unshelving' },
  createImage: { from: SNAPSHOTABLE, task: 'image_snapshot_pending' },
  createBackup: { from: SNAPSHOTABLE, task: 'image_backup' },
  changePassword: { from: ['active'], task: 'updating_password' },
  trigger_crash_dump: { from: ['active', 'paused', 'rescued', 'resized', 'error'] },
  attach_interface: { from: ['active', 'paused', 'stopped'] },
  detach_interface: { from: ['active', 'paused', 'stopped'] },
  metadata: { from: WITH_METADATA, tasks: 'any', unlaunched: true },
  delete: { tasks: 'any', task: 'deleting', unlaunched: true },
  forceDelete: { tasks: 'any', task: 'deleting', unlaunched: true },
  softDelete: { tasks: 'any', task: 'soft-deleting' },
  restore: { from: ['soft-delete'], task: 'restoring' },
} as const satisfies Record<string, ActionRule>

export type ServerAction = keyof typeof serverActions

export function ruleOf(action: ServerAction): ActionRule {
  return serverActions[action]
}

/** The name in refusals. */
export function actionWord(action: ServerAction): string {
  return action.startsWith('reboot-') ? 'reboot' : action
}

const REBUILDING = { rebuilding: 'REBUILD', rebuild_block_device_mapping: 'REBUILD', rebuild_spawning: 'REBUILD' }
const RESIZING = { resize_prep: 'RESIZE', resize_migrating: 'RESIZE', resize_migrated: 'RESIZE', resize_finish: 'RESIZE' }

/** vm_state → task_state → status; `default` for the other tasks. */
const STATUSES: Record<VmState, Partial<Record<TaskState, string>> & { default: string }> = {
  active: {
    default: 'ACTIVE', rebooting: 'REBOOT', reboot_pending: 'REBOOT', reboot_started: 'REBOOT', rebooting_hard: 'HARD_REBOOT', reboot_pending_hard: 'HARD_REBOOT',
    reboot_started_hard: 'HARD_REBOOT', updating_password: 'PASSWORD', migrating: 'MIGRATING', ...REBUILDING, ...RESIZING,
  },
  building: { default: 'BUILD' },
  stopped: { default: 'SHUTOFF', ...RESIZING, ...REBUILDING },
  resized: { default: 'VERIFY_RESIZE', resize_reverting: 'REVERT_RESIZE' },
  paused: { default: 'PAUSED', migrating: 'MIGRATING' },
  suspended: { default: 'SUSPENDED' },
  rescued: { default: 'RESCUE' },
  error: { default: 'ERROR', ...REBUILDING },
  deleted: { default: 'DELETED' },
  'soft-delete': { default: 'SOFT_DELETED' },
  shelved: { default: 'SHELVED' },
  shelved_offloaded: { default: 'SHELVED_OFFLOADED' },
}

export function statusOf(vmState: string, taskState: string | null): string {
  const tasks = STATUSES[vmState as VmState] as Record<string, string> | undefined
  return tasks === undefined ? 'UNKNOWN' : (tasks[taskState ?? 'default'] ?? tasks['default']!)
}

/** The states behind statuses: which vm_states, and which tasks among them (absent: any). Empty when unknown. */
export function statesOfStatuses(statuses: string[]): { vmStates: VmState[]; tasks: TaskState[] | undefined } {
  const wanted = new Set(statuses.map((s) => s.toLowerCase()))
  const vmStates = new Set<VmState>()
  const tasks = new Set<string>()
  for (const [vmState, byTask] of Object.entries(STATUSES)) {
    for (const [task, status] of Object.entries(byTask)) {
      if (!wanted.has((status as string).toLowerCase())) continue
      vmStates.add(vmState as VmState)
      tasks.add(task)
    }
  }
  return { vmStates: [...vmStates], tasks: tasks.has('default') ? undefined : [...tasks] as TaskState[] }
}
