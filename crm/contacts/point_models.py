"""How a contact is reached: email addresses, phone numbers and postal addresses, several of each.

The first of each is also kept on the contact (``email``, ``phone``, ``phone_e164``), where lists and searches
read it. Whoever changes those columns need not know: a trigger (migrations/parts.sql) keeps the rows in step.
"""

from django.db import models


class Label(models.TextChoices):
    """What an address is used for."""

    WORK = "work"
    HOME = "home"
    OTHER = "other"


class ContactPart(models.Model):
    """Something that hangs on a contact and is seen with it. One of each kind is the primary one."""

    contact = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, db_index=False)
    is_primary = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


def one_primary(name: str) -> models.UniqueConstraint:
    """At most one primary row a contact."""
    return models.UniqueConstraint(fields=["contact"], condition=models.Q(is_primary=True), name=name)


class EmailAddress(ContactPart):
    """An email address in small letters. ``bounced_at`` says when mail to it last came back."""

    address = models.EmailField(max_length=254)
    label = models.CharField(max_length=8, choices=Label, default=Label.WORK)
    bounced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_related_name = "email_addresses"
        verbose_name_plural = "email addresses"
        constraints = [
            models.UniqueConstraint(fields=["contact", "address"], name="email_address_unique"),
            one_primary("email_address_primary"),
        ]
        indexes = [models.Index(fields=["address"], name="email_address_lookup")]

    def __str__(self) -> str:
        return self.address


class PhoneNumber(ContactPart):
    """A phone number as it was written, as E.164 where it can be one, and its last seven digits."""

    class Kind(models.TextChoices):
        MOBILE = "mobile"
        WORK = "work"
        HOME = "home"
        FAX = "fax"
        OTHER = "other"

    class Status(models.TextChoices):
        UNKNOWN = "unknown"
        REACHED = "reached"
        NO_ANSWER = "no_answer"
        OUT_OF_USE = "out_of_use"
        DO_NOT_CALL = "do_not_call"

    raw = models.CharField(max_length=32)
    e164 = models.CharField(max_length=16, blank=True)
    last_digits = models.CharField(max_length=7, blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.MOBILE)
    # What is known about it; a new number is as unknown as any (a trigger sees to that).
    status = models.CharField(
        max_length=12, choices=Status, default=Status.UNKNOWN, db_default=Status.UNKNOWN
    )
    # Somebody found out that it does not lead to the contact.
    is_bad = models.BooleanField(default=False)

    class Meta:
        default_related_name = "phone_numbers"
        constraints = [
            models.UniqueConstraint(fields=["contact", "raw"], name="phone_number_unique"),
            one_primary("phone_number_primary"),
        ]
        indexes = [
            models.Index(fields=["e164"], name="phone_number_lookup", condition=~models.Q(e164="")),
            models.Index(fields=["last_digits"], name="phone_number_digits"),
        ]

    def __str__(self) -> str:
        return self.raw


class Address(ContactPart):
    """A postal address."""

    label = models.CharField(max_length=8, choices=Label, default=Label.HOME)
    street = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=80, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    # ISO 3166-1, two letters.
    country = models.CharField(max_length=2, blank=True)

    class Meta:
        default_related_name = "addresses"
        verbose_name_plural = "addresses"
        constraints = [one_primary("address_primary")]
        indexes = [models.Index(fields=["contact"], name="address_of_contact")]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.street, self.city, self.country) if part)


class ContactCompany(ContactPart):
    """A contact's place in a company. The primary one is also ``Contact.company``."""

    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE)
    role = models.CharField(max_length=80, blank=True)

    class Meta:
        default_related_name = "contact_companies"
        verbose_name_plural = "contact companies"
        constraints = [
            models.UniqueConstraint(fields=["contact", "company"], name="contact_company_unique"),
            one_primary("contact_company_primary"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.company_id}"
