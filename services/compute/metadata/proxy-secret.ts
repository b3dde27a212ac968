/** The secret that the metadata proxies sign with. Kept by the service's options, which all its contexts share. */
import type { ComputeContext } from '../context.ts'

const secrets = new WeakMap<object, string>()

export function rememberProxySecret(ctx: Pick<ComputeContext, 'config'>, secret: string): void {
  secrets.set(ctx.config, secret)
}

/** Undefined before the service has started. */
export function proxySecret(ctx: Pick<ComputeContext, 'config'>): string | undefined {
  return secrets.get(ctx.config)
}
