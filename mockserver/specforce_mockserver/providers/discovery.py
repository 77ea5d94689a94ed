"""Versions, resources, limits.

Source: specs/reference/rest.md section 3, errors_and_limits.md section 5, versions.md section 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.calls import Answer
from specforce_mockserver.registry import provides
from specforce_mockserver.versions import RELEASES

if TYPE_CHECKING:
    from specforce_mockserver.calls import Call

# name of a resource: (path below the version, first API version)
_RESOURCES: dict[str, tuple[str, float]] = {
    "tooling": ("tooling", 31.0),
    "metadata": ("metadata", 31.0),
    "eclair": ("eclair", 43.0),
    "folders": ("folders", 31.0),
    "jsonxform": ("jsonxform", 41.0),
    "chatter": ("chatter", 31.0),
    "connect": ("connect", 31.0),
    "tabs": ("tabs", 31.0),
    "appMenu": ("appMenu", 31.0),
    "quickActions": ("quickActions", 31.0),
    "queryAll": ("queryAll", 31.0),
    "commerce": ("commerce", 35.0),
    "wave": ("wave", 34.0),
    "analytics": ("analytics", 31.0),
    "search": ("search", 31.0),
    "composite": ("composite", 34.0),
    "parameterizedSearch": ("parameterizedSearch", 36.0),
    "theme": ("theme", 31.0),
    "nouns": ("nouns", 31.0),
    "event": ("event", 42.0),
    "recent": ("recent", 31.0),
    "limits": ("limits", 31.0),
    "process": ("process", 31.0),
    "jobs": ("jobs", 41.0),
    "dedupe": ("dedupe", 42.0),
    "query": ("query", 31.0),
    "ui-api": ("ui-api", 41.0),
    "compactLayouts": ("compactLayouts", 31.0),
    "actions": ("actions", 32.0),
    "support": ("support", 31.0),
    "licensing": ("licensing", 31.0),
    "consent": ("consent", 44.0),
    "sobjects": ("sobjects", 31.0),
    "async-queries": ("async-queries", 35.0),
}


@provides("listVersions", served="static")
def list_versions(call: Call) -> Answer:
    """Every version that isn't retired, oldest first."""
    settings = call.org.settings
    oldest, newest = float(settings.oldest_version), float(settings.newest_version)
    return Answer(
        [
            {"label": label, "url": f"/services/data/v{version}", "version": version}
            for version, label in RELEASES.items()
            if oldest <= float(version) <= newest
        ]
    )


@provides("listResources", served="static")
def list_resources(call: Call) -> Answer:
    """The resources that a version has."""
    resources = {
        name: f"{call.data_path}/{path}" for name, (path, since) in _RESOURCES.items() if since <= call.version
    }
    resources["identity"] = call.org.identity.identity_url(call.base_url, call.user_id)
    return Answer(resources)


@provides("getLimits")
def get_limits(call: Call) -> Answer:
    """The org's limits and what remains of each."""
    return Answer(call.org.limits.listed(call.version))
