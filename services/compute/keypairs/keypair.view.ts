/** A key pair as the API shows it, latest. */
import { isoMicrosNoZone } from '#core/time/clock.ts'
import type { KeypairRow } from './keypair.store.ts'

export function keypairBrief(row: KeypairRow): object {
  return { keypair: { name: row.name, public_key: row.public_key, fingerprint: row.fingerprint, type: row.type } }
}

export function keypairCreated(row: KeypairRow, privateKey: string | undefined): object {
  return { keypair: { ...(privateKey === undefined ? {} : { private_key: privateKey }), type: row.type, name: row.name, public_key: row.public_key, fingerprint: row.fingerprint, user_id: row.user_id } }
}

export function keypairDetail(row: KeypairRow): object {
  return {
    keypair: {
      name: row.name, public_key: row.public_key, fingerprint: row.fingerprint, user_id: row.user_id, created_at: isoMicrosNoZone(row.created_at),
      deleted: false, deleted_at: null, id: row.id, updated_at: null, type: row.type,
    },
  }
}
