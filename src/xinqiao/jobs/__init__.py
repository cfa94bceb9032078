"""Work done in the background: nightly evaluation and compaction, and what people queue.

The queue lives in PostgreSQL (procrastinate); several workers may run at once and each job is done once.
"""

from xinqiao.jobs.runner import queue_evaluation, run_worker, run_worker_beside

__all__ = ["queue_evaluation", "run_worker", "run_worker_beside"]
