/** Calls of old releases that answer 410 in every version, whoever asks. */
import { inHandler, route } from '#core/http/route.ts'
import { errors } from '../errors.ts'

const GONE = [
  'GET POST /os-agents', 'PUT DELETE /os-agents/:id',
  'GET POST /os-cells', 'GET /os-cells/capacities', 'GET /os-cells/detail', 'GET /os-cells/info', 'POST /os-cells/sync_instances',
  'GET PUT DELETE /os-cells/:id', 'GET /os-cells/:id/capacities',
  'POST /os-certificates', 'GET /os-certificates/:id', 'GET POST /os-cloudpipe', 'PUT /os-cloudpipe/:id',
  'GET /os-fixed-ips/:id', 'POST /os-fixed-ips/:id/action',
  'GET /os-floating-ip-dns', 'PUT DELETE /os-floating-ip-dns/:id', 'GET PUT DELETE /os-floating-ip-dns/:id/entries/:entry',
  'GET POST /os-floating-ips-bulk', 'GET PUT /os-floating-ips-bulk/:id', 'GET /os-fping', 'GET /os-fping/:id',
  'POST /os-networks', 'POST /os-networks/add', 'DELETE /os-networks/:id', 'POST /os-networks/:id/action',
  'GET POST /os-security-group-default-rules', 'GET DELETE /os-security-group-default-rules/:id',
  'POST /os-tenant-networks', 'DELETE /os-tenant-networks/:id',
  'GET POST /servers/:id/consoles', 'GET DELETE /servers/:id/consoles/:console', 'GET /servers/:id/os-virtual-interfaces',
]

function gone(): never {
  throw errors.Gone()
}

export const goneRoutes = GONE.flatMap((line) => {
  const words = line.split(' ')
  const path = words.pop()!
  return words.map((method) => route(method, `/v2.1${path}`, gone, { policy: inHandler(), bodyMode: 'none' }))
})
