"""The roster of external users: who is found, who was used last, whose limits stand, and what is kept."""

from __future__ import annotations

import time
from decimal import Decimal

import msgspec
import pytest

from app.domain.offer import Offer
from app.domain.risk import Limits
from app.domain.user import MOST, Roster, User, UserError, UserLimits
from app.services.users import RECENT, REMEMBERED, Users
from tests.services.fakes import Desk, draft

ANN = User("cust-8841", "Ann Lee", UserLimits(order=Decimal(50)))
BOB = User("cust-12", "Bob Annan")
CID = User("zed", "Cid")


def ids(users: list[User]) -> list[str]:
    return [user.id for user in users]


def test_every_word_must_occur_in_id_or_name() -> None:
    users = Users([ANN, BOB, CID])
    assert ids(users.find("ANN")) == ["cust-8841", "cust-12"], "a name that starts so comes before one in which it only occurs"
    assert ids(users.find("lee cust")) == ["cust-8841"]
    assert ids(users.find("cust")) == ["cust-12", "cust-8841"]
    assert users.find("nobody") == []


def test_the_last_used_come_first_and_need_no_name() -> None:
    users = Users([ANN, BOB, CID], ["cust-new", "zed"])
    assert ids(users.find("")) == ["cust-new", "zed", "cust-12", "cust-8841"]
    assert ids(users.find("cust")) == ["cust-new", "cust-12", "cust-8841"]
    assert ids(users.find("", most=2)) == ["cust-new", "zed"]


def test_whole_words_come_before_beginnings_and_those_before_parts_and_recent_ones_first_among_equals() -> None:
    joan, annie = User("a-1", "Joan Annsdottir"), User("z-1", "Mary Annie")
    users = Users([ANN, BOB, CID, joan, annie], ["cust-12", "z-1"])
    assert ids(users.find("ann")) == ["cust-8841", "cust-12", "z-1", "a-1"]
    assert ids(users.find("an")) == ["cust-12", "z-1", "cust-8841", "a-1"]
    assert ids(users.find("nn")) == ["cust-12", "z-1", "a-1", "cust-8841"]
    assert ids(Users([ANN, BOB], ["cust-12"]).find("ann", most=1)) == ["cust-8841"], "before it is cut"


def test_a_whole_word_is_found_behind_many_in_which_it_only_occurs() -> None:
    users = Users([*(User(f"a-{number}", f"Xlee {number}") for number in range(3000)), User("z", "Ann Lee")])
    assert ids(users.find("lee", most=3)) == ["z", "a-0", "a-1"]


@pytest.mark.parametrize("words", ["", " ", "()", "( )", "(", ")", "x ()", "\n"])
def test_odd_words_find_and_name_nobody_in_particular(words: str) -> None:
    users = Users([ANN, BOB])
    assert users.named(words) == []
    assert len(users.find(words)) in {0, 2}
    assert (Users().find(words), Users().named(words)) == ([], [])


def test_a_whole_name_is_found_whatever_its_case_and_blanks() -> None:
    users = Users([ANN, BOB, User("x1", "Twin"), User("x2", "twin"), User("(a)", "B (c)")])
    assert users.named(" ANN   lee ") == ["cust-8841"]
    assert users.named("Ann Lee (cust-8841)") == ["cust-8841"]
    assert sorted(users.named("Twin")) == ["x1", "x2"]
    assert users.named("twin (x2)") == ["x2"]
    assert users.named("b (c)") == ["(a)"]
    assert users.named("Ann Lee (cust-12)") == users.named("Ann") == []


def test_fifty_thousand_users_are_searched_within_a_frame() -> None:
    users = Users(User(f"cust-{number}", f"Customer {number} Name") for number in range(MOST))
    assert ids(users.find("customer 49999 na")) == ["cust-49999"]
    begun = time.perf_counter()
    for _ in range(10):
        assert users.find("nobody") == []
        assert len(users.find("cust")) == 20
        assert ids(users.find("49999")) == ["cust-49999"]
        assert users.named("customer 7 name") == ["cust-7"]
    assert (time.perf_counter() - begun) / 40 < 0.016


def test_what_was_typed_means_an_id_on_the_list_then_a_name_then_any_id() -> None:
    users = Users([ANN, BOB, User("twin-1", "Twin"), User("twin-2", "twin"), User("sam", "Sam Roe"), User("cust-13", "Sam")])
    assert (users.meant(" cust-12 "), users.meant("bob  ANNAN"), users.meant("Ann Lee (cust-8841)")) == ("cust-12", "cust-12", "cust-8841")
    assert (users.meant("sam"), users.meant("cust-9")) == ("sam", "cust-9")
    assert users.meant("SAM") == "cust-13", "nobody has met that id: the name is meant"
    with pytest.raises(UserError, match="2 users are called TWIN: type the id, as twin-1 or twin-2"):
        users.meant("TWIN")
    with pytest.raises(UserError, match="without blanks"):
        users.meant("Ann L")


@pytest.mark.parametrize("way", ["used", "accepted", "has orders"])
def test_an_id_that_was_met_and_is_anothers_name_means_nobody_until_it_is_on_the_list(way: str) -> None:
    users = Users(
        [User("cust-12", "sam")], ["sam"] if way == "used" else [], has_orders=lambda user_id: way == "has orders" and user_id == "sam"
    )
    if way == "accepted":
        users.accept(["sam"])
    with pytest.raises(UserError, match="sam is an id and also the name of cust-12: type cust-12, or put sam on the list of users"):
        users.meant(" sam ")
    users.put([User("sam")])
    assert users.meant("sam") == "sam"


def test_whom_two_thousand_rows_mean_is_found_at_once_among_fifty_thousand() -> None:
    users = Users(User(f"cust-{number}", f"Customer {number} Name") for number in range(MOST))
    users.find("")  # what is made once is made now
    began = time.process_time()
    for number in range(2000):
        assert users.meant(f"zz-{number}") == f"zz-{number}"
        assert users.meant(f"customer {number} name (cust-{number})") == f"cust-{number}"
    assert time.process_time() - began < 0.5


def test_two_ids_that_differ_in_their_case_only_are_two_users() -> None:
    assert sorted(ids(Users([User("Ann"), User("ann")]).find("ann"))) == ["Ann", "ann"]


def test_a_user_is_called_by_name_and_id_or_by_the_id_alone() -> None:
    users = Users([ANN])
    assert (users.called("cust-8841"), users.called("cust-9")) == ("Ann Lee (cust-8841)", "cust-9")
    assert users.user("cust-9") == User("cust-9")


def test_limits_are_the_user_s_own_where_there_are_some_and_stay_within_the_built_in_bounds() -> None:
    profile = Limits(user_order=Decimal(10), user_event=Decimal(20), user_day=Decimal(30), user=Decimal(40))
    users = Users([ANN, User("odd", limits=UserLimits(Decimal("0.01"), None, Decimal(10) ** 12))])
    assert users.limits_of("cust-8841", profile) == UserLimits(Decimal(50), Decimal(20), Decimal(30), Decimal(40))
    assert users.limits_of("odd", profile) == UserLimits(Decimal("1.00"), Decimal(20), Decimal(100_000_000), Decimal(40))
    assert users.limits_of("nobody", profile) == UserLimits(Decimal(10), Decimal(20), Decimal(30), Decimal(40))


def test_the_last_used_are_a_dozen_and_each_stands_there_once() -> None:
    kept: list[Roster] = []
    users = Users(keep=lambda roster: kept.append(roster) or "")  # type: ignore[func-returns-value]  # both in one line
    for number in [*range(20), 5]:
        users.note_used(f"u{number}")
    assert users.recent[:3] == ("u5", "u19", "u18")
    assert len(users.recent) == RECENT
    assert kept[-1].used.count("u5") == 1
    assert not users.is_new("u0"), "beyond the dozen it is still remembered that there is such a user"


def test_the_same_user_again_is_not_written_down_again() -> None:
    kept: list[Roster] = []
    users = Users([], ["u1"], lambda roster: kept.append(roster) or "")  # type: ignore[func-returns-value]  # both in one line
    users.note_used("u1")
    users.note_used("")
    assert kept == []


def test_what_is_remembered_has_an_end() -> None:
    users = Users([], [f"u{number}" for number in range(REMEMBERED)])
    users.note_used("new")
    assert users.is_new(f"u{REMEMBERED - 1}")
    assert not users.is_new("u0")


def test_an_import_adds_and_replaces_and_is_heard() -> None:
    users, heard = Users([ANN]), []
    users.changed.connect(lambda: heard.append(1))
    assert users.find("lea") == []
    assert users.put([User("cust-8841", "Ann Lea"), BOB]) == ""
    assert (users.called("cust-8841"), ids(users.find("lea")), len(users.known), heard) == (
        "Ann Lea (cust-8841)", ["cust-8841"], 2, [1],
    )  # fmt: skip


def test_an_import_beyond_the_most_changes_nothing() -> None:
    users = Users([ANN])
    words = users.put([User(f"u{number}") for number in range(MOST)])
    assert words == "50,001 users would be known; at most 50,000 are. Nothing was changed"
    assert list(users.known) == ["cust-8841"]


def test_a_full_list_can_still_be_changed() -> None:
    users = Users([User(f"u{number}") for number in range(MOST)])
    assert users.put([User("u7", "Seven"), User("u8", "Eight")]) == ""
    assert users.called("u7") == "Seven (u7)"


def test_a_removed_user_is_known_no_longer_and_removing_a_stranger_is_nothing() -> None:
    users = Users([ANN], keep=lambda _roster: "No room")
    assert users.remove("nobody") == ""
    assert users.remove("cust-8841") == "No room"
    assert (users.find("ann"), users.called("cust-8841")) == ([], "cust-8841")


@pytest.mark.parametrize("wish", [draft(), msgspec.structs.replace(draft(), external_user="cust-8841")])
async def test_an_order_makes_its_user_the_last_used_one(wish: object) -> None:
    desk = Desk()
    assert isinstance(wish, type(draft()))
    if wish.external_user:
        desk.venue.offers |= {Offer.USERS}
    desk.ready()
    desk.desk.users.put([ANN])
    await desk.trading.place(wish)
    assert desk.desk.users.recent == ((wish.external_user,) if wish.external_user else ())


async def test_a_user_who_cannot_be_kept_is_said_once() -> None:
    desk = Desk()
    desk.venue.offers |= {Offer.USERS}
    desk.ready()
    desk.desk.users.put([ANN, BOB])
    desk.users_trouble = "The users could not be kept: no room"
    for user, odds in ((ANN, 150), (BOB, 151), (ANN, 152)):
        await desk.trading.place(msgspec.structs.replace(draft(odds), external_user=user.id))
    assert desk.words.count("The users could not be kept: no room") == 1
