"""Looking at what is hidden, and at accounts as their owners see them."""

from marketplace.privacy.commands.revealing import reveal
from marketplace.privacy.commands.sights import begin_sight, end_sight, end_sights, note_use

__all__ = ["begin_sight", "end_sight", "end_sights", "note_use", "reveal"]
