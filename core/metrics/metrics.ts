/**
 * Prometheus metrics of one process, served at `/metrics` by the cloud. Names follow Prometheus: units in the name,
 * seconds and bytes as base units.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  registry: Registry
  requestSeconds: Histogram<'service' | 'method' | 'route' | 'status'>
  stepSeconds: Histogram<'operation' | 'step' | 'outcome'>
  busCalls: Counter<'topic'>
  gauge(name: string, help: string, read: () => number): void
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const memory = new Gauge({ name: 'process_resident_memory_bytes', help: 'Resident memory of the process', registers, collect() { this.set(process.memoryUsage.rss()) } })
  const cpu = new Gauge({ name: 'process_cpu_seconds_total', help: 'CPU time of the process', registers, collect() { const used = process.cpuUsage(); this.set((used.user + used.system) / 1e6) } })
  void memory
  void cpu
  return {
    registry,
    requestSeconds: new Histogram({ name: 'nacre_request_seconds', help: 'Time to answer an API request', labelNames: ['service', 'method', 'route', 'status'], buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10], registers }),
    stepSeconds: new Histogram({ name: 'nacre_operation_step_seconds', help: 'Time of a step of a durable operation', labelNames: ['operation', 'step', 'outcome'], buckets: [0.001, 0.01, 0.1, 1, 10, 60, 600], registers }),
    busCalls: new Counter({ name: 'nacre_bus_calls_total', help: 'Calls sent over the bus', labelNames: ['topic'], registers }),
    gauge(name, help, read) { void new Gauge({ name, help, registers, collect() { this.set(read()) } }) },
  }
}
