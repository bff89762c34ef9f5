"""What is frozen and what is not."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.resources
import importlib.util

import pytest

from tests.packaging.kit import FOLDER, ROOT, module

contents = module("contents")
SPEC = ast.parse((FOLDER / "overround.spec").read_text(encoding="utf-8"))
CALLS = [node for node in ast.walk(SPEC) if isinstance(node, ast.Call)]


def keywords(call: ast.Call) -> dict[str | None, ast.expr]:
    return {keyword.arg: keyword.value for keyword in call.keywords}


def test_nothing_is_stripped_because_stripped_ffmpeg_libraries_do_not_load() -> None:
    asked = [keywords(call)["strip"] for call in CALLS if "strip" in keywords(call)]

    assert len(asked) == 2
    assert all(isinstance(value, ast.Constant) and value.value is False for value in asked)


def test_the_program_is_a_folder_and_not_one_large_file() -> None:
    names = [call.func.id for call in CALLS if isinstance(call.func, ast.Name)]

    assert "COLLECT" in names


def test_the_resources_lie_where_the_program_looks_for_them() -> None:
    told = ast.unparse(next(keywords(call)["datas"] for call in CALLS if "datas" in keywords(call)))

    assert told == "[(str(ROOT / 'resources'), 'resources'), *beside, *records]"
    assert (ROOT / "resources" / "practice" / "stream" / "clip.toml").is_file()


@pytest.mark.parametrize("name", ["libQt6Quick.so.6", "libQt6Qml.so.6", "libQt6OpenGL.so.6", "libffmpegmediaplugin.so", "libQt6Test.so.6"])
def test_what_ffmpeg_and_the_tour_need_is_kept(name: str) -> None:
    entry = (f"PySide6/Qt/lib/{name}", f"/venv/PySide6/Qt/lib/{name}", "BINARY")

    assert contents.kept([entry]) == [entry]


@pytest.mark.parametrize(
    "entry",
    [
        ("libX11.so.6", "/usr/lib/x86_64-linux-gnu/libX11.so.6", "BINARY"),
        ("libssl.so.3", "/lib/x86_64-linux-gnu/libssl.so.3", "BINARY"),
        ("PySide6/Qt/lib/libQt6WebEngineCore.so.6", "/venv/libQt6WebEngineCore.so.6", "BINARY"),
        ("PySide6/Qt/lib/libQt6WebEngineWidgets.so.6", "/venv/libQt6WebEngineWidgets.so.6", "BINARY"),
        ("PySide6/Qt/translations/qt_de.qm", "/venv/qt_de.qm", "DATA"),
        ("PySide6/translations/qt_de.qm", "/venv/qt_de.qm", "DATA"),
        ("pycountry/locales/de/LC_MESSAGES/iso3166-1.mo", "/venv/iso3166-1.mo", "DATA"),
    ],
)
def test_the_systems_own_libraries_and_what_nobody_uses_stay_out(entry: tuple[str, str, str]) -> None:
    assert contents.kept([entry]) == []


@pytest.mark.parametrize(
    "entry",
    [
        ("libpython3.11.so.1.0", "/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", "BINARY"),
        ("pycountry/databases/iso3166-1.json", "/venv/iso3166-1.json", "DATA"),
        ("_ssl.so", "/usr/lib/python3.11/lib-dynload/_ssl.so", "EXTENSION"),
        ("resources/icons/overround.svg", "/usr/lib/checkout/resources/icons/overround.svg", "DATA"),
    ],
)
def test_python_itself_and_what_is_read_at_run_time_is_kept(entry: tuple[str, str, str]) -> None:
    assert contents.kept([entry]) == [entry]


def test_uvicorns_protocol_that_the_exchange_names_in_a_string_is_frozen() -> None:
    named = (ROOT / "app" / "practice" / "server.py").read_text(encoding="utf-8")

    assert 'ws="websockets-sansio"' in named
    assert "uvicorn.protocols.websockets.websockets_sansio_impl" in contents.NEEDED_MODULES


def test_streamlinks_plug_in_for_twitch_is_frozen_with_the_list_that_names_it_and_the_records_that_vouch_for_the_list() -> None:
    assert "streamlink.plugins.twitch" in contents.NEEDED_MODULES
    assert importlib.util.find_spec("streamlink.plugins.twitch") is not None
    for package, file in contents.PACKAGE_FILES:
        assert (importlib.resources.files(package) / file).is_file()
        assert package in contents.METADATA
        assert any(f"{package}/{file}" == str(told) and told.hash for told in importlib.metadata.files(package) or ())


def test_a_library_under_the_lgpl_lies_in_a_folder_as_files_that_can_be_exchanged() -> None:
    told = {ast.unparse(value) for call in CALLS if (value := keywords(call).get("module_collection_mode"))}

    assert told == {"dict.fromkeys(LOOSE_PACKAGES, 'py')"}
    assert "pycountry" in contents.LOOSE_PACKAGES
    assert "opt/overround/_internal/pycountry/" in (FOLDER / "linux" / "copyright").read_text(encoding="utf-8")


def test_the_web_engine_is_left_out_because_it_is_larger_than_all_else() -> None:
    assert {f"PySide6.QtWebEngine{part}" for part in ("Core", "Widgets", "Quick")} <= set(contents.UNUSED_MODULES)


def test_no_module_is_both_needed_and_left_out() -> None:
    assert not set(contents.NEEDED_MODULES) & set(contents.UNUSED_MODULES)
