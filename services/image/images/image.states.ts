/**
 * States of an image and what may happen in them.
 *
 *     queued ─ upload ─► saving ─ activate ─► active ◄─► deactivated
 *       │ ▲                │                    ▲
 *       │ └── restore ◄────┴─ uploading ─────┐  │
 *       ├─ stage ─► uploading ─ import ─► importing ─ activate
 *       └─ import (web-download) ───────────►┘
 *
 * Deleting is allowed in each of them. A state with somebody at work (saving, importing, and uploading while bytes
 * flow) has a lease; see `data/repair.reconciler.ts`.
 */
import { defineStates } from '#core/states/states.ts'

export const imageStates = defineStates({
  field: 'status', initial: 'queued',
  actions: {
    upload: { from: ['queued'], to: 'saving' },
    stage: { from: ['queued'], to: 'uploading' },
    import: { from: ['queued', 'uploading'], to: 'importing' },
    activate: { from: ['saving', 'importing'], to: 'active' },
    restore: { from: ['saving', 'uploading', 'importing'], to: 'queued' },
    deactivate: { from: ['active'], to: 'deactivated' },
    reactivate: { from: ['deactivated'], to: 'active' },
  },
})

export const IMAGE_STATUSES = ['queued', 'saving', 'active', 'killed', 'deleted', 'uploading', 'importing', 'pending_delete', 'deactivated'] as const

/** Attributes that must be set before an image takes data. */
export const NEEDED_FOR_DATA = ['disk_format', 'container_format'] as const
