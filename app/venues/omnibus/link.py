"""The line to the B2B Omnibus API in figures: requests signed one by one, so without a session."""

from __future__ import annotations

from app.venues.link import VenueLink
from app.venues.omnibus.venue import Omnibus


class OmnibusLink(VenueLink[Omnibus]):
    """A `Link` of the B2B Omnibus API."""
