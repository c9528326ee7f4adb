"""The jobs that workers run: they carry no data, so losing, doubling or delaying one does no harm."""

from celery import shared_task

from workflows import drain, hints, watch


@shared_task(name="workflows.drain", ignore_result=True, acks_late=True, expires=60)
def drain_due() -> None:
    """Do what is due; a drain that ran out of time asks for another one."""
    watch.beat("worker")
    if drain.drain() and drain.claimable():
        hints.send_hint()


@shared_task(name="workflows.tick", ignore_result=True, acks_late=True, expires=60)
def tick() -> None:
    """The same, asked for by beat, of whom it is a sign of life."""
    watch.beat("beat")
    drain_due()
