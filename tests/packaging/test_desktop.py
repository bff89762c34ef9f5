"""What a Linux desktop reads: entry, description, icons, copyright; and the recipes of the other systems."""

from __future__ import annotations

import configparser
import re
import xml.etree.ElementTree as Tree
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.packaging.kit import FOLDER, LINUX, ROOT, module

ENTRY = LINUX / "overround.desktop"
ABOUT = LINUX / "app.overround.Overround.metainfo.xml"
ICON = ROOT / "resources" / "icons" / "overround.svg"


@pytest.fixture
def entry() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(ENTRY, encoding="utf-8")
    return parser


def test_the_entry_has_what_a_menu_needs(entry: configparser.ConfigParser) -> None:
    main = entry["Desktop Entry"]

    assert (main["Type"], main["Name"], main["Exec"], main["Icon"]) == ("Application", "Overround", "overround", "overround")
    assert main["Terminal"] == "false"


@pytest.mark.parametrize("key", ["Categories", "Keywords", "Actions"])
def test_lists_in_the_entry_end_with_a_semicolon(entry: configparser.ConfigParser, key: str) -> None:
    assert entry["Desktop Entry"][key].endswith(";")


def test_every_action_has_its_section(entry: configparser.ConfigParser) -> None:
    named = [name for name in entry["Desktop Entry"]["Actions"].split(";") if name]

    assert {f"Desktop Action {name}" for name in named} == set(entry.sections()) - {"Desktop Entry"}


def test_the_entrys_file_name_is_the_one_the_window_tells_the_desktop() -> None:
    assert f'setDesktopFileName("{ENTRY.stem}")' in (ROOT / "app" / "bootstrap.py").read_text(encoding="utf-8")


def test_the_description_belongs_to_the_entry_and_its_file_name_is_its_id() -> None:
    about = Tree.parse(ABOUT).getroot()

    assert about.findtext("launchable") == ENTRY.name
    assert f"{about.findtext('id')}.metainfo.xml" == ABOUT.name


def test_version_and_day_are_filled_in(tmp_path: Path) -> None:
    pictures = module("icons").render(ICON, tmp_path / "icons")

    module("debian").share(tmp_path / "share", ICON, pictures, "7.8.9", "2026-11-21")

    about = Tree.parse(tmp_path / "share" / "metainfo" / ABOUT.name).getroot()
    release = about.find("releases/release")
    assert release is not None
    assert release.attrib == {"version": "7.8.9", "date": "2026-11-21"}
    assert (tmp_path / "share/icons/hicolor/scalable/apps/overround.svg").is_file()
    assert (tmp_path / "share/doc/overround/copyright").is_file()


def test_icons_are_rendered_in_the_sizes_they_are_filed_under(tmp_path: Path) -> None:
    pictures = module("icons").render(ICON, tmp_path)

    assert set(pictures) == {48, 128, 256}
    for size, picture in pictures.items():
        image = QImage(str(picture))
        assert (image.width(), image.height()) == (size, size)
        assert image.pixelColor(0, 0).alpha() == 0
        assert image.pixelColor(size // 2, size // 2).alpha() == 255
    assert (tmp_path / "overround.ico").stat().st_size > 0


def test_an_icon_that_is_missing_is_said_in_words(tmp_path: Path) -> None:
    icons = module("icons")

    with pytest.raises(icons.IconError, match="is missing"):
        icons.render(tmp_path / "none.svg", tmp_path)


def test_every_licence_that_the_copyright_names_is_explained_in_it() -> None:
    text = (LINUX / "copyright").read_text(encoding="utf-8")
    named = set(re.findall(r"^License: (\S+)$", text, re.MULTILINE))
    explained = set(re.findall(r"^License: (\S+)\n ", text, re.MULTILINE))

    assert named == explained
    assert {"Apache-2.0", "LGPL-3", "LGPL-2.1+", "OFL-1.1"} <= named


def test_the_windows_installer_removes_only_what_it_put_there() -> None:
    text = (FOLDER / "windows" / "overround.nsi").read_text(encoding="utf-8")
    emptied = re.findall(r"RMDir /r (\S+)", text)

    assert emptied
    assert all(re.fullmatch(r'"\$INSTDIR\\\w+"', folder) for folder in emptied)
