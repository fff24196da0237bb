from django.apps import AppConfig


class SharedConfig(AppConfig):
    name = "marketplace.shared"
    label = "shared"
    verbose_name = "Events and deliveries"
