"""The manual: chapters in Markdown, in the order in which `mgrad help` lists them."""

from __future__ import annotations

from micrograd_cli import resources

ORDER = (
    "lecture", "language", "arrays", "bindings", "formats", "exit-statuses", "explain", "graph",
    "plot", "page", "check", "diff", "certain", "uncertainty", "fit", "minimize", "map", "engines",
    "python", "recipes", "functions", "reference", "speed", "limits", "promises",
)  # fmt: skip


def chapters() -> list[str]:
    """The names of the chapters; those that ORDER does not name come last."""
    found = [name[:-3] for name in resources.names("manual") if name.endswith(".md")]
    return [*(name for name in ORDER if name in found), *(n for n in found if n not in ORDER)]


def text(chapter: str) -> str:
    """The Markdown of a chapter."""
    return resources.text("manual", f"{chapter}.md")


def title(chapter: str) -> str:
    """The first heading of a chapter, without its marks."""
    return text(chapter).partition("\n")[0].lstrip("# ").replace("`", "")
