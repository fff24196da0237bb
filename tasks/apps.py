from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"
    label = "tasks"

    def ready(self) -> None:
        # Both need the models, which are not there yet while this file is read.
        from django_q.signals import post_spawn  # noqa: PLC0415

        from tasks.at_work import say_that_i_live  # noqa: PLC0415

        post_spawn.connect(say_that_i_live)
