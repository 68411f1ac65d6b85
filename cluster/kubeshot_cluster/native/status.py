"""Says in a few lines how the native cluster is."""

from kubeshot_cluster.native import plan
from kubeshot_cluster.native.api import Api, is_ready
from kubeshot_cluster.native.command_lines import ORDER
from kubeshot_cluster.native.layout import NODE, Layout
from kubeshot_cluster.native.processes import Book


def describe(layout: Layout) -> str:
    """Return the state of the node and of each program."""
    chosen = plan.load(layout.plan)
    if chosen is None or not layout.pki.folder.exists():
        return "native: no cluster; run `up`"
    book = Book(layout.records, layout.places.logs)
    rows = [f"  {name:24} {_process(book, name)}" for name in ORDER]
    ready = is_ready(Api(chosen.server, layout.pki, "admin").get(f"/api/v1/nodes/{NODE}"))
    return "\n".join([f"native: {chosen.server}, node {'Ready' if ready else 'not ready'}", *rows])


def _process(book: Book, name: str) -> str:
    record = book.running(name)
    return f"process {record.pid}" if record else f"not running; its log is {book.log_of(name)}"
