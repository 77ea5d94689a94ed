"""Rules about routing: operations that share a wire path, or its shape, say how they are told apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from specforce_generator.lower_prism import shape
from specforce_generator.sources import is_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .context import Context, Site
    from .finding import Finding


def lint_routes(context: Context) -> Iterator[Finding]:
    """Check variants, `x-route-when`, and every pair of operations that a router would take for each other."""
    by_name = {site.name: site for site in context.sites}
    by_route: dict[tuple[str, str], list[Site]] = {}
    for site in context.sites:
        yield from _variant(context, site, by_name)
        yield from _condition(context, site)
        mount = "" if "servers" in site.item else site.entry.mount
        by_route.setdefault((site.method, shape(mount + site.path)), []).append(site)
    for sites in by_route.values():
        unmarked = [site for site in sites if not _told_apart(context, site, sites)]
        for site in unmarked[1:]:
            message = (
                f"{site.name}: {site.path} has the shape of {unmarked[0].path} ({unmarked[0].name}): "
                "say when it is meant: x-route-when: {parameter: regex}"
            )
            yield context.finding("route", site.file, site.at, message)


def _told_apart(context: Context, site: Site, sites: list[Site]) -> bool:
    """By a condition, or by a media type that no other operation of the route takes, or answers with.

    A variant that answers with what its original answers with, too, is another reading of the same answer: a server
    has nothing to choose.
    """
    if "x-route-when" in site.data:
        return True
    if "#" not in site.path:
        return False
    others = [other for other in sites if other is not site]
    own = _media_types(context, site.file, site.data.get("requestBody", {}))
    if own:
        return not any(own & _media_types(context, other.file, other.data.get("requestBody", {})) for other in others)
    answered = _answered(context, site)
    original = next((other for other in others if other.name == site.data.get("x-variant-of")), None)
    again = original is not None and answered < _answered(context, original)
    return bool(answered) and (again or not any(answered & _answered(context, other) for other in others))


def _answered(context: Context, site: Site) -> set[str]:
    """The media types of an operation's successes."""
    responses: dict[str, object] = site.data.get("responses", {})
    answers = [answer for status, answer in responses.items() if status.startswith("2")]
    return {kind for answer in answers for kind in _media_types(context, site.file, answer)}


def _media_types(context: Context, file: str, written: object) -> set[str]:
    body: object = context.follow(file, written)[1]
    return set(body.get("content", {})) if is_object(body) else set()


def _variant(context: Context, site: Site, by_name: dict[str, Site]) -> Iterator[Finding]:
    of = site.data.get("x-variant-of")
    if ("#" in site.path) != (of is not None):
        message = f"{site.name}: a path with #… and x-variant-of belong together: write both or neither"
        yield context.finding("variant", site.file, site.at, message)
    elif of is not None:
        original = by_name.get(str(of))
        wire = site.path.partition("#")[0]
        if original is None or (original.path, original.method) != (wire, site.method):
            message = f"{site.name}: x-variant-of is {of!r}: write the operationId of {site.method.upper()} {wire}"
            yield context.finding("variant", site.file, f"{site.at}/x-variant-of", message)


def _condition(context: Context, site: Site) -> Iterator[Finding]:
    condition: object = site.data.get("x-route-when")
    if condition is None:
        return
    at = f"{site.at}/x-route-when"
    names = {parameter.get("name") for _, _, parameter in context.parameters(site)} | _form_fields(context, site)
    if not is_object(condition) or not condition:
        yield context.finding("route", site.file, at, f"{site.name}: write x-route-when: {{parameter: regex}}")
        return
    for name, regex in condition.items():
        if name not in names:
            message = f"{site.name}: x-route-when names {name}, and the operation has no such parameter or form field"
            yield context.finding("route", site.file, at, message)
        try:
            re.compile(str(regex))
        except re.error as error:
            yield context.finding("route", site.file, at, f"{site.name}: {regex!r} isn't a regex: {error}")


def _form_fields(context: Context, site: Site) -> set[str]:
    """The names of the fields of a form."""
    file, body = context.follow(site.file, site.data.get("requestBody", {}))
    form = body.get("content", {}).get("application/x-www-form-urlencoded", {})
    return set(context.follow(file, form.get("schema", {}))[1].get("properties", {}))
