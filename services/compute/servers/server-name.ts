/** Names a server has beside the user's: at its hypervisor, and inside the guest. */
import type { ComputeContext } from '../context.ts'

/** `instance-0000000b`. */
export function serverName(ctx: Pick<ComputeContext, 'config'>, number: number): string {
  return ctx.config.instanceNameTemplate.replace(/%(0?)(\d*)([xd])/, (_all, zero: string, width: string, kind: string) =>
    number.toString(kind === 'x' ? 16 : 10).padStart(Number(width || 0), zero === '0' ? '0' : ' '))
}

/** A display name as a host name (RFC 952, RFC 1123), at most 63 characters; '' when nothing is left of it. */
export function hostnameFrom(name: string): string {
  const latin = [...name].filter((c) => c.codePointAt(0)! <= 0xff).join('').slice(0, 63)
  return latin.replaceAll(/[ _.]/g, '-').replaceAll(/[^\p{L}\p{N}_.-]+/gu, '').toLowerCase().replaceAll(/^[.-]+|[.-]+$/g, '')
}
