/** Standard input and output to a port of this machine: what QEMU's user network starts per connection in tests. */
import { connect } from 'node:net'

const socket = connect(Number(process.argv[2]), '127.0.0.1')
process.stdin.pipe(socket)
socket.pipe(process.stdout)
socket.on('error', () => { process.exitCode = 1 })
