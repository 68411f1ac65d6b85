"""Takes away what nobody wants in the picture, and does what the request asks to do."""

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.tab import Tab
from kubeshot_contract.result import Outcome
from kubeshot_contract.spec import Preparation


async def run(tab: Tab, prepare: Preparation, deadline: Deadline) -> Outcome:
    """Clean the page, then run the actions; raise `CaptureError` for an action that can't be done."""
    return Outcome.SKIPPED
