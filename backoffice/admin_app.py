"""Django's admin with our site in it; a module of its own, since an app has one configuration."""

from django.contrib.admin.apps import AdminConfig


class ConsoleAdmin(AdminConfig):
    default_site = "backoffice.site.ConsoleSite"
