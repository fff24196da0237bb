"""What other apps put into the console and we do not want there: their pages write without commands."""

import django_q.admin  # Registers first, so that there is something to take away.
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from django_q.models import Failure, OrmQ, Schedule, Success

IMPORTED_FOR_THEIR_REGISTRATIONS = (django_q.admin, auth_admin)

admin.site.index_title = _("Dashboard")

for model in (Group, Failure, OrmQ, Schedule, Success):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
