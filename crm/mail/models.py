"""Mail with contacts: what was written and what came back, how each delivery went, who wants none, and mailboxes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from crm.records.models import Follower, bin_index, visibility_indexes

#: What the key of a mail begins with that an automation wrote.
BY_AUTOMATION = "automation-"


class MailTemplate(models.Model):
    """A text to send again and again, with merge fields (``crm.mail.merging``); its owner's alone, or shared."""

    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    shared = models.BooleanField(default=False)
    owner = models.ForeignKey(
        "roles.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="mail_template_shared_name", condition=models.Q(shared=True)
            ),
            models.UniqueConstraint(
                "owner", Lower("name"), name="mail_template_own_name", condition=models.Q(shared=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MailThread(Follower):
    """A conversation with a contact: seen with that contact. ``title`` is the first mail's subject."""

    contact = models.ForeignKey(
        "contacts.Contact", on_delete=models.CASCADE, related_name="mail_threads", db_index=False
    )
    title = models.CharField(max_length=200, blank=True)
    last_message_at = models.DateTimeField()
    # A mail came that nobody has looked at.
    unread = models.BooleanField(default=False)

    class Meta:
        indexes = [
            bin_index("mail_thread"),
            *visibility_indexes("mail_thread", "-last_message_at", "-id"),
            models.Index(fields=["contact", "-last_message_at", "-id"], name="mail_thread_of_contact"),
        ]

    def __str__(self) -> str:
        return self.title


class MailMessage(models.Model):
    """One mail. ``message_id`` is its Message-ID header, without the angle brackets as all ids here."""

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"

    thread = models.ForeignKey(MailThread, on_delete=models.CASCADE, related_name="messages", db_index=False)
    contact = models.ForeignKey(
        "contacts.Contact", on_delete=models.CASCADE, related_name="mail_messages", db_index=False
    )
    # Who wrote it; nobody for what the product sent by itself and for what came.
    member = models.ForeignKey(
        "roles.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    template = models.ForeignKey(
        MailTemplate, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    activity = models.OneToOneField(
        "activities.Activity", on_delete=models.SET_NULL, null=True, blank=True, related_name="mail_message"
    )
    # The enrollment in a sequence that it was sent by, or that it answers.
    enrollment_id = models.BigIntegerField(null=True, blank=True)
    # Whoever asks for a mail names it: the same key again is the same mail.
    key = models.CharField(max_length=200, null=True, blank=True, unique=True)
    message_id = models.CharField(max_length=255, unique=True)
    in_reply_to = models.CharField(max_length=255, blank=True)
    reference_ids = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    direction = models.CharField(max_length=3, choices=Direction)
    from_address = models.CharField(max_length=254, blank=True)
    from_name = models.CharField(max_length=160, blank=True)
    to_address = models.CharField(max_length=254, blank=True)
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    # The attachments (``crm.files``) that it carries, and the names of those that were too large to be taken in.
    file_ids = ArrayField(models.BigIntegerField(), default=list, blank=True, db_default=[])
    left_out = ArrayField(models.CharField(max_length=200), default=list, blank=True, db_default=[])
    # A machine wrote it: an out-of-office note, a list's confirmation. It is no reply.
    is_automatic = models.BooleanField(default=False)
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["thread", "occurred_at", "id"], name="mail_message_of_thread"),
            models.Index(fields=["contact", "-occurred_at", "-id"], name="mail_message_of_contact"),
            models.Index(
                fields=["enrollment_id", "-id"],
                name="mail_message_of_enrollment",
                condition=models.Q(enrollment_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.message_id

    @property
    def is_by_itself(self) -> bool:
        """Whether a sequence or an automation wrote it, and no member: whoever gets it can unsubscribe from it."""
        return self.enrollment_id is not None or (self.key or "").startswith(BY_AUTOMATION)


class MailDelivery(models.Model):
    """How an outgoing mail fares. Due work carries it out (``crm.mail.delivering``)."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        BOUNCED = "bounced"
        FAILED = "failed"
        SUPPRESSED = "suppressed"

    message = models.OneToOneField(MailMessage, on_delete=models.CASCADE, related_name="delivery")
    # Where it goes, in small letters.
    address = models.CharField(max_length=254, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    # What the mail server said, or why it is not sent: a word of ``crm.mail.refusals``.
    error = models.CharField(max_length=400, blank=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    # When it was first seen, and a link in it first followed; only where the tenant wants that to be noted.
    opened_at = models.DateTimeField(null=True, blank=True)
    clicked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "mail deliveries"
        indexes = [
            models.Index(
                fields=["address"],
                name="mail_delivery_waiting",
                # Not "in": PostgreSQL would write that down in two ways, for a clone and for a migrated table.
                condition=models.Q(state="queued") | models.Q(state="sending"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.state}"


class Suppression(models.Model):
    """An address, in small letters, that gets no mail of this tenant any more."""

    class Reason(models.TextChoices):
        UNSUBSCRIBE = "unsubscribe"
        BOUNCE = "bounce"
        COMPLAINT = "complaint"
        MANUAL = "manual"

    email = models.CharField(max_length=254)
    reason = models.CharField(max_length=12, choices=Reason)
    at = models.DateTimeField()
    # How one would show it: "One click in the mail of 3 May, from 198.51.100.7".
    proof = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(
        "roles.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], name="suppression_email_unique"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="suppression_lower_case"),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="suppression_newest")]

    def __str__(self) -> str:
        return f"{self.email}: {self.reason}"


class Mailbox(models.Model):
    """A member's mailbox that is read over IMAP, and how far it was read."""

    class Security(models.TextChoices):
        TLS = "tls"
        STARTTLS = "starttls"
        NONE = "none"

    class State(models.TextChoices):
        NEW = "new"
        WORKING = "working"
        UNREACHABLE = "unreachable"
        REFUSED = "refused"

    member = models.ForeignKey("roles.Member", on_delete=models.CASCADE, related_name="mailboxes")
    address = models.CharField(max_length=254)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    username = models.CharField(max_length=254)
    # Fernet (``crm.mail.secrets``); the name keeps it out of the change log.
    password_encrypted = models.TextField()
    state = models.CharField(max_length=11, choices=State, default=State.NEW)
    error = models.CharField(max_length=400, blank=True)
    failures = models.PositiveIntegerField(default=0)
    # The cursor: all mails of this UIDVALIDITY up to this UID were read.
    uid_validity = models.BigIntegerField(null=True, blank=True)
    last_uid = models.BigIntegerField(default=0)
    # What the member sends in another program is read, too; what is sent from here is put there.
    reads_sent = models.BooleanField(default=True, db_default=True)
    keeps_sent = models.BooleanField(default=False, db_default=False)
    # The cursor in the folder of sent mails.
    sent_uid_validity = models.BigIntegerField(null=True, blank=True)
    sent_last_uid = models.BigIntegerField(default=0, db_default=0)
    checked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "mailboxes"
        constraints = [models.UniqueConstraint(Lower("address"), name="mailbox_address_unique")]

    def __str__(self) -> str:
        return self.address
