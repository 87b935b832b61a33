"""What the worker does by itself about workload. Each task is safe to run twice, two at once."""

from __future__ import annotations

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from workload.services import allocation


@shared_task(
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=5,
    retry_backoff_max=300,
    max_retries=5,
)
def calculate_proposal(proposal_id: int) -> None:
    """Calculate a proposed allocation that somebody waits for."""
    allocation.calculate(proposal_id, at=timezone.now())
