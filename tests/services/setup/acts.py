"""The same ways through the wizard for many tests."""

from __future__ import annotations

from app.domain.environment import Environment
from app.domain.keys import Place
from app.domain.profile import Provider
from app.services.setup.draft import KeyPart
from app.services.setup.steps import Page
from tests.services.setup.fakes import Scene, canary, settled


def choose(scene: Scene, *providers: Provider) -> None:
    """To the first account's environment."""
    for provider in providers:
        scene.wizard.choose(provider, is_chosen=True)
    scene.wizard.next()


async def to_keys(scene: Scene, provider: Provider, environment: Environment = Environment.SANDBOX) -> None:
    choose(scene, provider)
    settle_environment(scene, environment)
    scene.wizard.next()
    assert scene.wizard.page is Page.KEYS


def settle_environment(scene: Scene, environment: Environment = Environment.SANDBOX) -> None:
    account = scene.wizard.account
    account.choose_environment(environment)
    account.phrase = environment
    account.host = "api.partner.test" if account.needs_host else ""


async def fill_keys(scene: Scene) -> None:
    account = scene.wizard.account
    match account.provider:
        case Provider.TRADING:
            account.type_key(KeyPart.ACCESS, canary())
            account.type_key(KeyPart.SECRET, canary())
        case Provider.RANKACY:
            account.type_key(KeyPart.API_KEY, canary())
        case Provider.OMNIBUS:
            scene.wizard.bench.make(2048)
            await settled()


async def to_proof(scene: Scene, *, place: Place | None = None) -> None:
    """From the first page of an account to its proof run, which may have begun."""
    wizard = scene.wizard
    while wizard.page is not Page.PROOF:
        if wizard.page is Page.ENVIRONMENT:
            settle_environment(scene, wizard.account.environment)
        if wizard.page is Page.KEYS and not wizard.account.has_keys:
            await fill_keys(scene)
        if wizard.page is Page.WHERE and place:
            wizard.account.place = place
        page = wizard.page
        wizard.next()
        await settled()
        assert wizard.page is not page, wizard.objection
