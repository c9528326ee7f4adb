"""Background work of this area: deleting files that nothing refers to."""

from datetime import timedelta

from crm.files.models import Attachment, Upload
from crm.files.storing import storage
from workflows.kinds import Settle, due_outside


@due_outside("files.upload", lease=timedelta(minutes=2))
def give_up_upload(upload_id: int) -> Settle:
    """Delete a file that was uploaded and never attached, or whose attachment is gone; again if the storage is away."""
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None or Attachment.objects.filter(key=upload.key).exists():
        return lambda: None
    storage().delete(upload.key)
    return lambda: Upload.objects.filter(pk=upload_id).delete() and None
