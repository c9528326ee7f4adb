"""People inside one tenant and what they may see: members, teams, roles, invitations."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from accounts.permissions import Access, FieldLevel


class Role(models.Model):
    """A named set of permissions; built-in roles have a key, the tenant's own have none."""

    key = models.CharField(max_length=20, null=True, blank=True, unique=True)
    name = models.CharField(max_length=60)
    description = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="role_name_unique")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_builtin(self) -> bool:
        return self.key is not None


class RolePermission(models.Model):
    """How far a role reaches with one permission word; no row means not at all."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="permissions")
    permission = models.CharField(max_length=40)
    access = models.CharField(max_length=4, choices=[(access, access) for access in Access])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "permission"], name="role_permission_unique")]

    def __str__(self) -> str:
        return f"{self.role_id}: {self.permission} {self.access}"


class FieldPermission(models.Model):
    """A field that a role may not see, or may see and not change; no row means that it may do both."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="field_permissions")
    object = models.CharField(max_length=20)
    field = models.CharField(max_length=60)
    level = models.CharField(max_length=6, choices=[(level, level) for level in FieldLevel])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "object", "field"], name="field_permission_unique")
        ]

    def __str__(self) -> str:
        return f"{self.role_id}: {self.object}.{self.field} {self.level}"


class Member(models.Model):
    """A user in this tenant; mirrors name and email, as no foreign key leads to the public schema."""

    class Onboarding(models.TextChoices):
        """Whether a checklist of first steps is shown; most members have none."""

        NONE = ""
        OPEN = "open"
        DONE = "done"
        HIDDEN = "hidden"

    user_id = models.BigIntegerField(unique=True)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="members")
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    is_active = models.BooleanField(default=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    onboarding = models.CharField(
        max_length=6, choices=Onboarding, blank=True, default=Onboarding.NONE, db_default=""
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["name", "id"], name="member_by_name")]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """Members who work together; record access 'team' means the teams that one belongs to."""

    name = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(Member, through="TeamMember", related_name="teams")

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="team_name_unique")]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """A member's place in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="team_members")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="team_members")
    is_leader = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "member"], name="team_member_unique")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.team_id}"


class Invitation(models.Model):
    """An offer to join, sent by email; only a hash of the link's secret is kept."""

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        REVOKED = "revoked"

    email = models.EmailField(max_length=254)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="invitations")
    team_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    invited_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="invitations_sent"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=models.Q(state="open"), name="invitation_open_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.state})"
