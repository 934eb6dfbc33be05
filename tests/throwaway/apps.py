from django.apps import AppConfig


class ThrowawayConfig(AppConfig):
    """An app that has one capability, which is its whole folder."""

    name = "tests.throwaway"
    label = "throwaway"
