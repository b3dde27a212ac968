"""The official client, loaded once.

Starting `openstack` costs a second of processor time for each command, nearly all of it for loading the same modules.
This program loads them once and runs each command in a child of its own, by the entry point that the `openstack`
program itself calls. A line of JSON asks, {"args": [...], "env": {...}}; a line of JSON answers with the exit code and
what was printed.
"""
import json
import os
import sys
import tempfile

from openstackclient import shell
# What commands load when they first speak to a service.
import keystoneclient.v3.client  # noqa: F401
import novaclient.v2.client  # noqa: F401
import openstack.connection  # noqa: F401
import openstackclient.compute.v2.server  # noqa: F401
import openstackclient.identity.v3.project  # noqa: F401
import openstackclient.image.v2.image  # noqa: F401
import openstackclient.network.v2.network  # noqa: F401


def command(args, env, out, err):
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    os.environ.update(env)
    sys.argv = ['openstack', *args]
    try:
        code = shell.main() or 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException as error:
        print(error, file=sys.stderr)
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code & 0xff)


for line in sys.stdin:
    asked = json.loads(line)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            command(asked['args'], asked['env'], out, err)
        _, status = os.waitpid(child, 0)
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read().decode('utf-8', 'replace'))
    print(json.dumps({'code': os.waitstatus_to_exitcode(status), 'stdout': said[0], 'stderr': said[1]}), flush=True)
