/**
 * Every way in which a hypervisor host says no, in one list. The class name crosses the bus as `RemoteError.kind`,
 * so the control plane can tell a refusal that is the user's to solve from a fault of the host that calls for
 * another host. Each says a reason and a way out.
 */

export class ComputeAgentError extends Error {
  readonly data: unknown
  constructor(message: string, options: { cause?: unknown; data?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.data = options.data
  }

  // The name is read from the class, so that a subclass needs no body to cross the bus under its own name.
  override get name(): string { return this.constructor.name }
}

/** No guest and no folder of that id on this host. */
export class ServerNotFound extends ComputeAgentError {}
/** The verb makes no sense in the guest's present state (pausing one that is shut down). */
export class WrongPowerState extends ComputeAgentError {}
/** The image's bytes are not what its record says: checksum, format, or a reference to another file. */
export class ImageUnacceptable extends ComputeAgentError {}
/** The image could not be fetched; another host will not fare better, a retry may. */
export class ImageTransferFailed extends ComputeAgentError {}
/** The image is larger than the disk the flavor grants. */
export class FlavorDiskTooSmall extends ComputeAgentError {}
/** The guest has no agent, or it does not answer. */
export class NoGuestAgent extends ComputeAgentError {}
/** The hypervisor offers no console of that type. */
export class ConsoleTypeUnavailable extends ComputeAgentError {}
/** The hypervisor failed: a fault of this host. */
export class HypervisorFault extends ComputeAgentError {}
/** The spec asks for something this driver cannot give. */
export class UnsupportedSpec extends ComputeAgentError {}
/** The work was given up because the server is being destroyed. */
export class Interrupted extends ComputeAgentError {}
