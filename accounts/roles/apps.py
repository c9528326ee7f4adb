from django.apps import AppConfig


class RolesConfig(AppConfig):
    name = "accounts.roles"
    label = "roles"
