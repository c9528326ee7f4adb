from django.conf import settings
from django.db import models


class Stage(models.Model):
    name = models.CharField(max_length=60)


class Contact(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    full_name = models.CharField(max_length=161, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=32, blank=True)
    job_title = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=60, blank=True)
    company_name = models.CharField(max_length=160, blank=True)
    background = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    last_activity_at = models.DateTimeField(auto_now_add=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "twin"
        indexes = [models.Index(fields=["-last_activity_at", "-id"], name="twin_contact_recent")]
