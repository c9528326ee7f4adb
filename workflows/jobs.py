"""The job that workers run: it carries no data, so losing, doubling or delaying it does no harm."""

from celery import shared_task

from workflows import drain, hints, watch


@shared_task(name="workflows.drain", ignore_result=True, acks_late=True, expires=60)
def drain_due() -> None:
    """Do what is due; a drain that ran out of time asks for another one."""
    watch.beat("worker")
    if drain.drain() and drain.claimable():
        hints.send_hint()
