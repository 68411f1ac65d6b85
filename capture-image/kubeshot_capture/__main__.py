"""Job in, result out, exit code: the only place that reads the environment.

CAPTURE_DISPATCH          host and port of the operator's dispatch service; without it results are not announced
CAPTURE_TOKEN             this pod's token for it
CAPTURE_WARM              the limits of a pod that claims its jobs there, see kubeshot_contract.dispatch
CAPTURE_JOB, …_2          the job, see kubeshot_contract.job
CAPTURE_SECRET_1, …       the values of Secrets that the job names, see kubeshot_contract.secret_values
CAPTURE_FILES             the folder of the files that the job names; /kubeshot when unset
KUBESHOT_ASSETS           the folder of consent engine and filter lists; without it there are none
CAPTURE_STORAGE_CA        certificates in PEM for the upload; the system's when unset
CAPTURE_TERMINATION_LOG   the file the result goes to; /dev/termination-log, which the kubelet reads, when unset
KUBESHOT_CHROMIUM         the browser's path; Debian's places are tried when unset

Most of the program is imported while the driver starts: that takes about as long, and the other core.
"""

import gc
import importlib
import os
from typing import NoReturn

_OURS = "CAPTURE_"


def main() -> NoReturn:
    """Run one attempt, or work as a warm pod, and end the process with everything it started."""
    # Nothing of what is imported is garbage: looking for some takes a fourteenth of the time.
    gc.disable()
    import asyncio

    environment = dict(os.environ)
    # Chromium's environment is read more easily than ours: job, Secrets and token are this process's alone.
    for name in environment:
        if name.startswith(_OURS):
            del os.environ[name]
    asyncio.new_event_loop().run_until_complete(_run(environment))
    raise AssertionError("a pod ends its process")


async def _run(environment: dict[str, str]) -> NoReturn:
    import asyncio

    from kubeshot_capture.driver import PLAYWRIGHT_VARIABLES, start_driver

    os.environ.update(PLAYWRIGHT_VARIABLES)
    driver = asyncio.ensure_future(start_driver())
    pod = await asyncio.to_thread(importlib.import_module, "kubeshot_capture.pod")
    gc.freeze()
    gc.enable()
    await pod.run(environment, driver)
    raise AssertionError("a pod ends its process")


if __name__ == "__main__":
    main()
