"""What goes into the frozen program and what stays out of it: the tables `overround.spec` works by."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

NEEDED_MODULES = (
    "PySide6.QtMultimedia",  # loaded at the first sound
    "PySide6.QtSvg",  # the icons; Qt's icon plug-in links it
    "PySide6.QtTest",  # the tour's clicks and keys
    "uvicorn.lifespan.off",
    "uvicorn.protocols.http.h11_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",  # uvicorn finds its protocols by their names in strings
    "uvicorn.protocols.websockets.wsproto_impl",
    "python_multipart",
    "anyio._backends._asyncio",
    "streamlink.plugins.twitch",  # of streamlink's 150 plug-ins, which it finds by their names
)

PACKAGE_FILES = (("streamlink", "plugins/_plugins.json"),)
"""Files beside modules that are read when the program runs: the package, and the file inside it."""

METADATA = ("streamlink",)
"""Distributions whose own records are read: streamlink believes its list of plug-ins only with the checksum that is in them."""

LOOSE_PACKAGES = ("pycountry",)
"""Under the LGPL: kept as source files in a folder, so that anybody can put others in their place."""

UNUSED_MODULES = (
    "IPython",
    "PIL",
    "PySide6.QtDesigner",
    "PySide6.QtPdf",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtWebEngineCore",
    "PySide6.QtWebEngineQuick",
    "PySide6.QtWebEngineWidgets",
    "_pytest",
    "curses",
    "hypothesis",  # trio's own tests
    "lxml.doctestcompare",
    "lxml.html",
    "lxml.isoschematron",
    "lxml.objectify",
    "markdown_it",
    "matplotlib",
    "mypy",
    "numpy.f2py",
    "numpy.testing",
    "pygments",  # with rich: httpx's command line, which nobody calls here
    "pyqtgraph.examples",
    "pyqtgraph.opengl",
    "pytest",
    "readline",
    "rich",
    "setuptools",
    "streamlink_cli",
    "tkinter",
    "yaml",  # uvicorn's log settings from a file; ours come from the program
)

UNUSED_FILES = (
    "libQt6EglF",
    "libQt6Pdf",
    "libQt6VirtualKeyboard",
    "libQt6WebEngine",
    "libqeglfs",
    "libqgtk3",  # links all of GTK; the desktop portal's plug-in stays
    "libqlinuxfb",
    "libqminimal",
    "libqpdf",
    "libqtvirtualkeyboardplugin",
    "libqvkkhrdisplay",
    "libqvnc",
)
"""Plug-ins nobody reaches from a desktop, and what only they link. Not Quick, Qml or OpenGL: the FFmpeg plug-in links those."""

UNUSED_FOLDERS = ("pycountry/locales", "lxml/includes")
"""Countries' names in other languages (22 MB), and headers for compilers."""

KEPT_SYSTEM_LIBRARIES = ("libpython", "libffi", "libsqlite3", "libmpdec")
"""What Python itself links and other distributions have in other versions. All else is the system's, with its security updates."""

SYSTEM_FOLDERS = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")

Entry = tuple[str, str, str]
"""PyInstaller's table of contents: name inside the program, source file, kind."""


def kept(entries: Iterable[Entry]) -> list[Entry]:
    """The entries without the unused files and without the libraries that the package asks the system for."""
    return [entry for entry in entries if not _is_unused(entry) and not _is_systems_own(entry)]


def _is_unused(entry: Entry) -> bool:
    name = PurePosixPath(entry[0].replace("\\", "/"))
    is_unused_folder = "translations" in name.parts or any(name.is_relative_to(folder) for folder in UNUSED_FOLDERS)
    return is_unused_folder or name.name.startswith(UNUSED_FILES)


def _is_systems_own(entry: Entry) -> bool:
    name, source, kind = entry
    if kind != "BINARY" or not source.startswith(SYSTEM_FOLDERS):
        return False
    return not PurePosixPath(name).name.startswith(KEPT_SYSTEM_LIBRARIES)
