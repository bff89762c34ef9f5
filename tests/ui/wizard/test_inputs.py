"""I-63 and I-64 at the widgets: odd hosts and odd keys, each with its sentence and Next shut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.environment import Environment
from app.domain.profile import Provider
from app.domain.secret import Secret
from app.services.setup.draft import KeyPart
from app.services.setup.wizard import Page
from app.ui.theme import Theme
from app.ui.wizard.pages.environment import EnvironmentPage
from app.ui.wizard.pages.keys import KeysPage
from app.venues import hosts
from tests.services.setup.fakes import FakeProver, canary
from tests.ui.wizard.kit import Stage

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none

SPOKEN = {
    "http://api.partner.example.com": "over https:// only",
    "https://name@api.partner.example.com": "before an @",
    "https://10.0.0.7": "an IP address",
    "127.0.0.1": "an IP address",
    "https://[::1]": "an IP address",
    "0x7f000001": "an IP address",
    "localhost": "this computer",
    "аpi.partner.example.com": "no ASCII letter",
    "xn--pi-7kc.example.com": "another script",
    "https://api.partner.example.com/api/v1": "only the host is typed",
    "api.partner.example.com\\@evil.example.com": "a backslash",
    "https://api.partner.example.com:8443": "only 443",
    "https://api.partner.example.com?x=1": "a query",
    "https://api.partner.example.com#x": "a fragment",
    "api partner.example.com": "a space",
    "partner": "full host name",
    "api..example.com": "an empty part",
    "x" * 301: "more than 300",
    "cash.api.prophetx.co": "production",
}


class RealAddresses(FakeProver):
    """Checks hosts as the program does."""

    def address(self, provider: Provider, environment: Environment, typed: str) -> str:
        if provider is Provider.TRADING or environment is Environment.PRACTICE:
            return super().address(provider, environment, typed)
        return hosts.partner(environment, typed).base_url


@pytest.fixture
def strict(theme: Theme, qtbot: QtBot) -> Iterator[Stage]:
    stage = Stage(theme, prover=RealAddresses())
    yield stage
    stage.close()


def environment_page(stage: Stage, provider: Provider) -> EnvironmentPage:
    stage.wizard.choose(provider, is_chosen=True)
    stage.wizard.next()
    stage.settle()
    page = stage.view
    assert isinstance(page, EnvironmentPage)
    return page


def keys_page(stage: Stage, provider: Provider) -> KeysPage:
    environment_page(stage, provider)
    stage.wizard.account.choose_environment(Environment.PRACTICE)
    stage.wizard.next()
    stage.settle()
    page = stage.view
    assert isinstance(page, KeysPage)
    return page


@pytest.mark.parametrize("provider", [Provider.OMNIBUS, Provider.RANKACY])
@pytest.mark.parametrize("typed", list(SPOKEN))
def test_i63_an_odd_host_is_objected_to_in_words_at_once(strict: Stage, provider: Provider, typed: str) -> None:
    page = environment_page(strict, provider)
    page.host.setFocus()
    strict.paste(typed)
    assert SPOKEN[typed] in page.host_words.text()
    assert page.host_words.text().removeprefix("✗ ") == strict.window.objection.text()
    assert not strict.window.next.isEnabled()
    strict.window.next.click()
    strict.enter()
    assert strict.is_at(Page.ENVIRONMENT)


@pytest.mark.parametrize("typed", ["b2b.partner.example.com", " https://B2B.Partner.example.com/ ", "b2b.partner.example.com:443"])
def test_i63_a_good_host_is_said_to_be_pinned(strict: Stage, typed: str) -> None:
    page = environment_page(strict, Provider.OMNIBUS)
    QTest.keyClicks(page.host, typed)
    assert page.host_words.text() == "✓ https://b2b.partner.example.com will be pinned to this profile: its keys go nowhere else."
    assert strict.window.next.isEnabled()
    assert strict.wizard.account.profile().host == strict.wizard.account.credentials().host == "https://b2b.partner.example.com"


@pytest.mark.parametrize("environment", [Environment.SANDBOX, Environment.PRODUCTION])
def test_the_address_of_the_trading_api_cannot_be_typed(stage: Stage, environment: Environment) -> None:
    page = environment_page(stage, Provider.TRADING)
    page.cards[environment].click()
    assert page.address.isReadOnly()
    assert page.address.text() == stage.scene.prover.address(Provider.TRADING, environment, "")
    assert not page.host.isVisible()


def test_a_name_that_is_objected_to_keeps_the_page(stage: Stage) -> None:
    page = environment_page(stage, Provider.TRADING)
    QTest.keyClicks(page.name, "a/b")
    assert "letters A to Z" in stage.window.objection.text()
    assert not stage.window.next.isEnabled()


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [("  ", "", "2 blanks were taken off"), ("", " ", "1 blank was taken off"), ('"', '"', "2 quotes were taken off")],
    ids=["blanks before", "a blank behind", "quotes"],
)
def test_i64_what_copying_left_around_a_key_is_taken_off_and_said(stage: Stage, before: str, after: str, words: str) -> None:
    page, key = keys_page(stage, Provider.TRADING), canary()
    stage.paste(f"{before}{key}{after}")
    assert page.fields[KeyPart.ACCESS].note.text() == words
    assert stage.wizard.account.access == Secret(key)


def test_i64_the_line_end_of_a_pasted_key_is_taken_off(stage: Stage) -> None:
    page, key = keys_page(stage, Provider.RANKACY), canary()
    stage.paste(f"{key}\r\n")
    assert "taken off" in page.fields[KeyPart.API_KEY].note.text()
    assert stage.wizard.account.api_key == Secret(key)
    assert stage.window.next.isEnabled()


def test_i64_a_line_end_inside_a_key_is_objected_to(stage: Stage) -> None:
    keys_page(stage, Provider.RANKACY)
    stage.paste(f"{canary()}\n{canary()}")
    assert stage.window.objection.text() == "The API key holds a blank, a line end or a sign that no key has"
    assert not stage.window.next.isEnabled()


def test_i64_one_key_pasted_twice_is_objected_to(stage: Stage) -> None:
    page, key = keys_page(stage, Provider.TRADING), canary()
    for part in (KeyPart.ACCESS, KeyPart.SECRET):
        page.fields[part].field.setFocus()
        stage.paste(key)
    assert "one of them was pasted twice" in stage.window.objection.text()


def test_i64_swapped_keys_are_swapped_by_one_button(stage: Stage) -> None:
    page, access, secret = keys_page(stage, Provider.TRADING), canary(), canary()
    assert not page.swap.isEnabled()
    stage.paste(secret)
    page.fields[KeyPart.SECRET].field.setFocus()
    stage.paste(access)
    page.swap.click()
    assert (stage.wizard.account.access, stage.wizard.account.secret) == (Secret(access), Secret(secret))


def test_i64_practices_keys_are_forgotten_when_production_is_chosen(stage: Stage) -> None:
    page = keys_page(stage, Provider.TRADING)
    page.own.click()
    stage.settle()
    assert stage.window.next.isEnabled()
    stage.wizard.back()
    environment = stage.view
    assert isinstance(environment, EnvironmentPage)
    environment.cards[Environment.PRODUCTION].click()
    QTest.keyClicks(environment.phrase, "PRODUCTION")
    stage.wizard.next()
    assert stage.window.objection.text() == "Paste the access key and the secret key"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("lifetime", "9", "between 10 and 300 seconds"),
        ("lifetime", "x", "whole number"),
        ("hash_claim", "iss", "a meaning of its own"),
        ("hash_claim", "", "1 to 60 letters"),
        ("claims", "no sign", "has no ="),
        ("claims", "exp=1", "the program's own"),
    ],
)
def test_an_odd_token_shape_is_objected_to_in_words(stage: Stage, field: str, typed: str, words: str) -> None:
    page = keys_page(stage, Provider.OMNIBUS)
    page.source.make.click()
    stage.settle()
    page.advanced.head.click()
    fields = {"lifetime": page.advanced.form.lifetime.setText, "hash_claim": page.advanced.form.hash_claim.setText}
    fields.get(field, page.advanced.form.claims.setPlainText)(typed)
    assert words in page.advanced.objection.text()
    assert words in stage.window.objection.text()
    assert not stage.window.next.isEnabled()


def test_the_preview_of_a_token_follows_its_shape(stage: Stage) -> None:
    page = keys_page(stage, Provider.OMNIBUS)
    page.source.make.click()
    stage.settle()
    page.advanced.head.click()
    page.advanced.form.algorithm.chips["PS512"].click()
    page.advanced.form.claims.setPlainText("partner=acme")
    assert "PS512" in page.advanced.header.toPlainText()
    assert "acme" in page.advanced.payload.toPlainText()
    assert stage.wizard.account.token.algorithm == "PS512"
