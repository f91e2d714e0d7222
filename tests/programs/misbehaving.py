"""Does what its first argument says, and ignores the others."""

import os
import signal
import sys
import time


def meet():
    """Wait until another one is here too."""
    open(str(os.getpid()), "w").close()
    while len(os.listdir(".")) < 2:
        time.sleep(0.02)
    print(3.0)


ACTS = {
    "meet": meet,
    "fail": lambda: sys.exit("Traceback: the file loss.dat is missing"),
    "hang": lambda: (print(1.0, flush=True), time.sleep(60)),
    "chat": lambda: print("loss: 1.0"),
    "trail": lambda: print("1.0\ndone"),
    "silent": lambda: None,
    "flood": lambda: [print("x" * 1000) for _ in range(100_000)],
    "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "unknown": lambda: print('{"value": 1.0, "grad": {"z": 1.0}}'),
    "valueless": lambda: print('{"grad": {"a": 1.0}}'),
    "grandchild": lambda: os.fork() or (print(1.0, flush=True), time.sleep(60)),
}
ACTS[sys.argv[1]]()
