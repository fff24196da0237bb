"""The HTTP edge, on django-ninja: parse, authorise, call one command or query, answer."""
