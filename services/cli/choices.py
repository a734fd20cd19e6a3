"""Options that take one of several fixed words, and the words of a scope."""

from collections.abc import Callable, Sequence

import typer

from schemas.sensitivity import CATEGORIES, COMPONENTS


def one_of(choices: Sequence[str]) -> Callable[[str], str]:
    """Return an option callback that refuses anything but `choices`."""

    def check(value: str) -> str:
        if value is not None and value not in choices:
            raise typer.BadParameter(f"{value} is not one of: {', '.join(choices)}")
        return value

    return check


SCOPE_HELP = (
    "COMPONENT/CATEGORY, either of them `*`, or a bare name that is only one of the two. "
    f"Components: {', '.join(COMPONENTS)}. Categories: {', '.join(CATEGORIES)}."
)


def scope_item(text: str) -> dict[str, str]:
    """Return what `health/infectious`, `health/*`, `*/infectious` or `infectious` stands for."""
    component, slash, category = text.partition("/")
    if not slash:
        return {_kind(text): text}
    item = {}
    if component != "*":
        item["component"] = _known(component, COMPONENTS)
    if category != "*":
        item["category"] = _known(category, CATEGORIES)
    if not item:
        raise typer.BadParameter("*/* names nothing in particular; leave the option out instead")
    return item


def _kind(name: str) -> str:
    if name in COMPONENTS and name in CATEGORIES:
        raise typer.BadParameter(
            f"{name} is both a component and a category: say {name}/* or */{name}"
        )
    if name in COMPONENTS:
        return "component"
    _known(name, CATEGORIES)
    return "category"


def _known(name: str, names: Sequence[str]) -> str:
    if name not in names:
        raise typer.BadParameter(f"{name} is not one of: {', '.join(names)}")
    return name


def scope_choice(only: Sequence[str], all_except: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """Return a scope from --only and --except, of which exactly one must be given."""
    if bool(only) == bool(all_except):
        raise typer.BadParameter("give either --only or --except, once per item")
    if only:
        return {"only": [scope_item(item) for item in only]}
    return {"all_except": [scope_item(item) for item in all_except]}
