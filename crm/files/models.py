"""Files attached to records. What they hold lies in the storage that the settings name, under their keys."""

from django.db import models

from crm.records.models import Follower, visibility_indexes


class Attachment(Follower):
    """A file on a contact, a deal or a company, perhaps with one of its activities. Seen with that record.

    ``key`` is where the storage keeps it: "<schema>/<year>/<month>/<random>". When a row goes for good, a trigger
    leaves its key in ``Upload``, whose due work deletes the file (migrations/uploads.sql).
    """

    contact = models.ForeignKey(
        "contacts.Contact", on_delete=models.CASCADE, null=True, blank=True, related_name="attachments",
        db_index=False,
    )  # fmt: skip
    deal = models.ForeignKey(
        "deals.Deal", on_delete=models.CASCADE, null=True, blank=True, related_name="attachments",
        db_index=False,
    )  # fmt: skip
    company = models.ForeignKey(
        "companies.Company", on_delete=models.CASCADE, null=True, blank=True, related_name="attachments",
        db_index=False,
    )  # fmt: skip
    activity = models.ForeignKey(
        "activities.Activity", on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    actor = models.ForeignKey(
        "roles.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    key = models.CharField(max_length=200, unique=True)
    filename = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=120)

    class Meta:
        indexes = [
            *visibility_indexes("attachment", "-id"),
            *(
                models.Index(
                    fields=[subject, "-id"],
                    name=f"attachment_of_{subject}",
                    condition=models.Q(**{f"{subject}__isnull": False}),
                )
                for subject in ("contact", "deal", "company")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(subject="contact", contact__isnull=False, deal__isnull=True)
                | models.Q(subject="deal", deal__isnull=False)
                | models.Q(subject="company", company__isnull=False, contact__isnull=True, deal__isnull=True),
                name="attachment_stands_on_its_subject",
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class Upload(models.Model):
    """A key of the storage that no attachment holds: one that is being uploaded, or whose attachment is gone.

    Each has due work that deletes the file and the row; attaching the file takes the row away.
    """

    key = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
