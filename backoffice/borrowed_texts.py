"""Texts of Unfold and Django that people meet here and that their own Swahili lacks or gets wrong.

Nobody imports this: it is where `make messages` finds them. Our catalogue stands before theirs.
"""

from django.utils.translation import gettext_noop as _


def ngettext(one: str, many: str) -> tuple[str, str]:
    """Mark a counted text by the name that gettext looks for; Django has no such mark of its own."""
    return one, many


UNFOLD = (
    # The frame of every page
    _("Welcome back to"),
    _("Return to site"),
    _("Go back"),
    _("Light"),
    _("Dark"),
    _("General"),
    _("Toggle password visibility"),
    _("Log in"),
    _("Log out"),
    _("Home"),
    _("You have been successfully logged out from the administration"),
    _(
        "You are authenticated as %(username)s, but are not authorized to access this page. "
        "Would you like to login to a different account?"
    ),
    # Lists
    _("Type to search"),
    _("Filters"),
    _("Apply Filters"),
    _("Clear all filters"),
    _(" By %(filter_title)s "),
    _("Select value"),
    _("Value"),
    _("Date"),
    _("Time"),
    _("Date from"),
    _("Date to"),
    _("Not enough data."),
    _("No data"),
    _("Previous"),
    _("Next"),
    _("Show all"),
    _("Sorting priority: %(priority_number)s"),
    _("True"),
    _("False"),
    _("View"),
    # Files and pictures
    _("Choose file to upload"),
    _("Image preview"),
    _("Click to download"),
    _("Record picture"),
    # The command palette
    _("Navigate"),
    _("Select"),
    _("Clear"),
    _("Recent searches"),
    _("Nothing matched your search"),
    _("Available shortcuts"),
    _("Global shortcuts"),
    _("Open command tool"),
    _("Open shortcuts list"),
    _("Toggle sidebar"),
    _("Toggle dark/light mode"),
    _("Changelist shortcuts"),
    _("Toggle filter"),
    _("Create new record"),
    _("Command tool shortcuts"),
    _("Open selection"),
    _("Open selection in new tab"),
)

COUNTED = (
    ngettext("%(counter)s result", "%(counter)s results"),
    ngettext(
        '\n            Found <span class="font-medium text-important">%(counter)s</span> result '
        "in %(time)s seconds\n        ",
        '\n            Found <span class="font-medium text-important">%(counter)s</span> results '
        "in %(time)s seconds\n        ",
    ),
    ngettext("Please correct the error below.", "Please correct the errors below."),
    # Django's rules for a password, for a text and for a file
    ngettext(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    ngettext(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
    ),
    ngettext(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
    ),
    ngettext(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    ),
    ngettext(
        "Ensure that there are no more than %(max)s digit in total.",
        "Ensure that there are no more than %(max)s digits in total.",
    ),
    ngettext(
        "Ensure that there are no more than %(max)s decimal place.",
        "Ensure that there are no more than %(max)s decimal places.",
    ),
    ngettext(
        "Ensure that there are no more than %(max)s digit before the decimal point.",
        "Ensure that there are no more than %(max)s digits before the decimal point.",
    ),
    ngettext(
        "Ensure this filename has at most %(max)d character (it has %(length)d).",
        "Ensure this filename has at most %(max)d characters (it has %(length)d).",
    ),
)

DJANGO = (
    # Signing in, and one's own password
    _("Password change"),
    _("Password change successful"),
    _("Change password"),
    _("Change my password"),
    _("Your password was changed."),
    _(
        "Please enter your old password, for security’s sake, and then enter your new password "
        "twice so we can verify you typed it in correctly."
    ),
    _("Old password"),
    _("New password"),
    _("New password confirmation"),
    _("Your old password was entered incorrectly. Please enter it again."),
    _("The two password fields didn’t match."),
    _("The password is too similar to the %(verbose_name)s."),
    _("Your password can’t be too similar to your other personal information."),
    _("Your password can’t be a commonly used password."),
    _("Your password can’t be entirely numeric."),
    _("This password is entirely numeric."),
    _(
        "Please enter the correct %(username)s and password for a staff account. Note that both "
        "fields may be case-sensitive."
    ),
    _(
        "Please enter a correct %(username)s and password. Note that both fields may be "
        "case-sensitive."
    ),
    _("CSRF verification failed. Request aborted."),
    _("Thanks for spending some quality time with the web site today."),
    # Forms
    _("Error:"),
    _("Enter a complete value."),
    _("Enter a valid JSON."),
    _("Enter a valid UUID."),
    _("Enter a valid duration."),
    _("Null characters are not allowed."),
    _("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    _(
        "File extension “%(extension)s” is not allowed. Allowed extensions are: "
        "%(allowed_extensions)s."
    ),
    _("%(model_name)s with this %(field_labels)s already exists."),
    _("“%(pk)s” is not a valid value."),
    _("That page number is not an integer"),
    _("That page number is less than 1"),
    _("That page contains no results"),
    # A day: theirs begins small
    _("Wed"),
)
DJANGO_Q = (
    _("Task"),
    _("Tasks"),
)
