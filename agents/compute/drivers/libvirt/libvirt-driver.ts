import type { ComputeDriver, DriverOptions } from '../driver.ts'
export interface LibvirtOptions { netns?: string }
export async function createLibvirtDriver(_options: DriverOptions): Promise<ComputeDriver> { throw new Error('not yet') }
