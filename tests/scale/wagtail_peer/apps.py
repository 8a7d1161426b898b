"""Application configuration."""

from django.apps import AppConfig


class PeerConfig(AppConfig):
    """The peer site."""

    name = "tests.scale.wagtail_peer"
    label = "peer"
