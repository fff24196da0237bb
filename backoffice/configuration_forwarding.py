"""The settings of forwarding: the services that are told what buyers who agreed to it do."""

from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings

SEGMENT_URL = "https://api.segment.io"
MIXPANEL_URL = "https://api.mixpanel.com"
# What the simulators of a developer's machine expect.
SIMULATED_KEY = "simulator-write-key"
SIMULATED_PROJECT = {
    "project_id": "1000001",
    "service_user": "simulator-service",
    "service_secret": "simulator-secret",
}


class ForwardingSettings(BaseSettings):
    """A service without its key is told nothing; on a developer's machine, its simulator is."""

    # Analytics forwarding (Segment and Mixpanel)
    segment_write_key: str = Field(
        "",
        description=(
            "Write key of a source. Empty: Segment is told nothing; in development, its simulator is."
        ),
    )
    segment_api_url: str = Field(
        SEGMENT_URL,
        description="Segment's address; in the EU `https://events.eu1.segmentapis.com`.",
    )
    mixpanel_project_id: str = Field(
        "",
        description=(
            "Number of the project. Empty: Mixpanel is told nothing; in development, its simulator is."
        ),
    )
    mixpanel_service_user: str = Field("", description="Service account that may import.")
    mixpanel_service_secret: str = Field("", description="Its secret.")
    mixpanel_api_url: str = Field(
        MIXPANEL_URL,
        description="Mixpanel's address; in the EU `https://api-eu.mixpanel.com`.",
    )
    pseudonym_key: str = Field(
        "",
        description=(
            "Makes the pseudonyms by which services know buyers; a new one makes everybody a stranger."
            " Default: derived from SECRET_KEY."
        ),
    )

    @property
    def forwards(self) -> bool:
        """Whether a real service is told anything."""
        return bool(self.segment_write_key or self.mixpanel_project_id)

    def destinations(self, *, simulator_ports: dict[str, int] | None) -> dict[str, dict[str, Any]]:
        """Service -> the adapter's class and its constructor's arguments. Without ports no simulator
        stands in for a service that has no key."""
        found = {}
        if self.segment_write_key:
            found["segment"] = {"url": self.segment_api_url, "write_key": self.segment_write_key}
        elif simulator_ports:
            found["segment"] = {
                "url": f"http://127.0.0.1:{simulator_ports['segment']}",
                "write_key": SIMULATED_KEY,
            }
        if self.mixpanel_project_id:
            found["mixpanel"] = {
                "url": self.mixpanel_api_url,
                "project_id": self.mixpanel_project_id,
                "service_user": self.mixpanel_service_user,
                "service_secret": self.mixpanel_service_secret,
            }
        elif simulator_ports:
            found["mixpanel"] = {
                "url": f"http://127.0.0.1:{simulator_ports['mixpanel']}",
                **SIMULATED_PROJECT,
            }
        return {
            name: {
                "adapter": f"marketplace.analytics.adapters.{name}.{name.capitalize()}",
                "options": options,
            }
            for name, options in found.items()
        }
