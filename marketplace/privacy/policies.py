"""Who may look at accounts as their owners see them."""

# Of the duties of roles (backoffice.models.Duty).
SIGHT_DUTY = "see_as_others"
REASON_MAX = 300
PATH_MAX = 300
