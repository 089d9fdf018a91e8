"""What a worker does that hears of an import."""

from django.utils import timezone

from campaigns.models import IllegalTransition, ImportState, OfficialImport
from campaigns.outreach.importing.checking import check
from campaigns.outreach.importing.storing import store

# A file that kills whoever reads it is not read for ever.
MOST_TRIES = 5


def work_on(pk: int) -> str:
    """Checks or stores, whichever it waits for. Hearing of it twice does no harm."""
    batch = OfficialImport.objects.claim(pk, timezone.now())
    if batch is None:
        return "nothing to do"
    try:
        if batch.state == ImportState.CHECKING and batch.fence > MOST_TRIES:
            batch.fail_reading("failed")
            return "given up"
        (check if batch.state == ImportState.CHECKING else store)(batch)
    except IllegalTransition:
        # Thrown away meanwhile, or another worker has it.
        return "lost"
    return "done"
