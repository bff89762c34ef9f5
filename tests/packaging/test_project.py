"""What the packages learn from pyproject.toml and the Makefile, and the licences that follow from it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.packaging.kit import ROOT, module

project = module("project")
licences = module("licences")

MAKEFILE = "A := x\nDEBIAN := python3-venv libgl1 \\\n\tlibegl1 fonts-dejavu-core\nDEBIAN_TESTS := xvfb\n"


def test_the_version_is_the_one_in_pyproject() -> None:
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    assert project.project().version == said


def test_the_windows_libraries_are_read_over_continued_lines_and_without_the_builders_tools() -> None:
    assert project.window_libraries(MAKEFILE) == ("libgl1", "libegl1", "fonts-dejavu-core")


def test_a_makefile_without_the_list_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="DEBIAN"):
        project.window_libraries("all:\n\ttrue\n")


def test_names_are_taken_from_requirements_and_extras_are_left_out() -> None:
    lines = ["PySide6>=6.11.3,<6.12", "python_multipart >=0.0.20", "jeepney; sys_platform == 'linux'", "h2<5; extra == 'http2'"]

    assert licences.names_in(lines) == {"pyside6", "python-multipart", "jeepney"}


def test_every_part_says_its_licence_and_the_large_ones_are_among_them() -> None:
    found = {part.name: part for part in licences.parts(project.project().requires)}

    assert {"pyside6-essentials", "shiboken6", "httpx", "uvicorn", "requests", "certifi"} <= set(found)
    assert {"numpy", "pyqtgraph", "streamlink", "lxml", "pycountry", "pycryptodome", "trio"} <= set(found)
    assert all(part.licence for part in found.values())


@pytest.mark.parametrize("name", ["numpy", "pyqtgraph", "streamlink", "lxml", "pycountry", "pycryptodome"])
def test_the_parts_of_chart_and_video_bring_their_licences_texts(name: str) -> None:
    part = next(part for part in licences.parts(project.project().requires) if part.name == name)

    assert part.texts
    assert "see its text" not in part.licence


def test_the_list_names_each_part_and_its_text_lies_beside_it(tmp_path: Path) -> None:
    text = tmp_path / "LICENSE.txt"
    text.write_text("You may.\n", encoding="utf-8")
    folder = tmp_path / "licences"

    licences.write([licences.Part("thing", "1.2", "MIT", (text,))], folder)

    assert "thing 1.2: MIT" in (folder / "LIST").read_text(encoding="utf-8")
    assert (folder / "thing" / "LICENSE.txt").read_text(encoding="utf-8") == "You may.\n"


def test_texts_of_one_name_do_not_take_each_others_place(tmp_path: Path) -> None:
    texts = [
        tmp_path / "thing-1.dist-info" / "licenses" / name for name in ("LICENSE.md", "thing/fast/LICENSE.md", "thing/slow/LICENSE.md")
    ]
    for number, text in enumerate(texts):
        text.parent.mkdir(parents=True, exist_ok=True)
        text.write_text(f"You may, {number}.\n", encoding="utf-8")

    licences.write([licences.Part("thing", "1", "MIT", tuple(texts))], tmp_path / "licences")

    written = sorted(path.read_text(encoding="utf-8") for path in (tmp_path / "licences" / "thing").rglob("LICENSE.md"))
    assert written == [f"You may, {number}.\n" for number in range(3)]


def test_a_field_that_holds_the_whole_text_is_not_taken_for_a_licences_name() -> None:
    (part,) = [part for part in licences.parts(["isodate"]) if part.name == "isodate"]

    assert "BSD" in part.licence
