"""What may be chosen about receiving, and lines for tunnels."""

from __future__ import annotations

import pytest

from app.services.hooks.choice import HookChoice, tunnels


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (HookChoice(), ""),
        (HookChoice(port=1024, path="/a/b", hosts=("hooks.example.com", "x-1.example.com:8443"), patience=300.0, rate=2000), ""),
        (HookChoice(port=80), "The port is"),
        (HookChoice(port=65_536), "The port is"),
        (HookChoice(path="rankacy"), "The path begins"),
        (HookChoice(path="/a b"), "The path begins"),
        (HookChoice(path="/a?b"), "The path begins"),
        (HookChoice(path="/a#b"), "The path begins"),
        (HookChoice(patience=0.5), "A delivery is waited for"),
        (HookChoice(patience=float("nan")), "A delivery is waited for"),
        (HookChoice(patience=301.0), "A delivery is waited for"),
        (HookChoice(rate=0), "The rate is"),
        (HookChoice(rate=2001), "The rate is"),
        (HookChoice(hosts=("",)), "'' is no host's name"),
        (HookChoice(hosts=("https://hooks.example.com",)), "is no host's name"),
        (HookChoice(hosts=("a..b",)), "is no host's name"),
        (HookChoice(hosts=("*.example.com",)), "is no host's name"),
    ],
)
def test_what_cannot_be_used_is_said(choice: HookChoice, words: str) -> None:
    assert words in choice.objection
    assert bool(words) is bool(choice.objection)


def test_each_tunnel_leads_to_the_port_and_to_this_computer_only() -> None:
    for tunnel in tunnels(8900):
        assert "8900" in tunnel.line
        assert "0.0.0.0" not in tunnel.line
        assert tunnel.note.endswith(".")
