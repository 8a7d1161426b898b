"""Changes of the outbox: queue, deliver, note receipts, repair."""

from tongban.foundation.messaging.actions.delivering import deliver
from tongban.foundation.messaging.actions.queueing import Recipient, as_history, queue
from tongban.foundation.messaging.actions.receipts import note_receipt
from tongban.foundation.messaging.actions.repairing import fail_unconfirmed, reap_jobs, replay

__all__ = ["Recipient", "as_history", "deliver", "fail_unconfirmed", "note_receipt", "queue", "reap_jobs", "replay"]
