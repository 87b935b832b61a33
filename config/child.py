"""Become another program, under another user if asked, that dies with the program that asked.

Run as a script, with the standard library only: it stands between a parent and the server the
parent starts. Doing this after ``fork`` in the parent itself is unsafe once it has threads.

    child.py --parent PID [--signal NUMBER] [--user UID:GID] -- COMMAND...
"""

import argparse
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def become_user(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    os.environ.pop("HOME", None)


def die_with(parent: int, signal_number: int) -> None:
    """Ask the kernel for a signal when the parent ends; elsewhere than on Linux there is none."""
    if not sys.platform.startswith("linux"):
        return
    # Changing user clears the request, so it comes after become_user().
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--signal", type=int)
    parser.add_argument("--user")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    command = options.command[1:] if options.command[0] == "--" else options.command
    if options.user:
        uid, gid = (int(part) for part in options.user.split(":"))
        become_user(uid, gid)
    if options.signal:
        die_with(options.parent, options.signal)
    # Python ignores these two, and an ignored signal stays ignored in the new program.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    os.execvpe(command[0], command, os.environ)  # noqa: S606 (the command is our own)


if __name__ == "__main__":
    main()
