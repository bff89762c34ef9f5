"""What is frozen and what is not."""

from __future__ import annotations

import ast

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

    assert told == "[(str(ROOT / 'resources'), 'resources')]"


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
        ("PySide6/Qt/translations/qt_de.qm", "/venv/qt_de.qm", "DATA"),
    ],
)
def test_the_systems_own_libraries_and_what_nobody_uses_stay_out(entry: tuple[str, str, str]) -> None:
    assert contents.kept([entry]) == []


@pytest.mark.parametrize(
    "entry",
    [
        ("libpython3.11.so.1.0", "/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", "BINARY"),
        ("_ssl.so", "/usr/lib/python3.11/lib-dynload/_ssl.so", "EXTENSION"),
        ("resources/icons/overround.svg", "/usr/lib/checkout/resources/icons/overround.svg", "DATA"),
    ],
)
def test_python_itself_is_kept_wherever_it_came_from(entry: tuple[str, str, str]) -> None:
    assert contents.kept([entry]) == [entry]


def test_uvicorns_protocol_that_the_exchange_names_in_a_string_is_frozen() -> None:
    named = (ROOT / "app" / "practice" / "server.py").read_text(encoding="utf-8")

    assert 'ws="websockets-sansio"' in named
    assert "uvicorn.protocols.websockets.websockets_sansio_impl" in contents.NEEDED_MODULES


def test_no_module_is_both_needed_and_left_out() -> None:
    assert not set(contents.NEEDED_MODULES) & set(contents.UNUSED_MODULES)
