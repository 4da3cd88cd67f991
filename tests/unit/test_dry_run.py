from routing.dry_run import DryRun
from routing.route import Designee, Route


def way(lead: str | None, *assisting: str) -> Route:
    return Route(
        lead=Designee(lead, f"由{lead}主办") if lead else None,
        assisting=tuple(Designee(code, "") for code in assisting),
        copy=(),
        grassroots=True,
        duty=None,
        recused=(),
        because=f"由{lead}主办" if lead else "请人工派单",
        doubts=(),
    )


def test_tickets_are_counted_by_where_they_would_go() -> None:
    run = DryRun()
    run.add("1", "5101", way("works"), way("works"))
    run.add("2", "5101", way("works", "bylaw"), way("works"))
    run.add("3", "5102", way("works"), way("bylaw"))
    run.add("4", "5102", way("works"), way(None))
    assert (run.tickets, run.elsewhere, run.assisting_changed) == (4, 2, 1)
    assert run.moves == {("works", "bylaw"): 1, ("works", None): 1}
    assert (run.before["works"], run.after["works"], run.after["bylaw"], run.after[None]) == (4, 2, 1, 1)
    assert (run.by_category["5102"], run.elsewhere_by_category) == (2, {"5102": 2})
    assert [(one.number, one.before, one.after) for one in run.first] == [("3", "works", "bylaw"), ("4", "works", None)]
    assert run.first[1].because_after == "请人工派单"


def test_only_the_first_twenty_are_shown_by_number() -> None:
    run = DryRun()
    for n in range(30):
        run.add(str(n), "5101", way("works"), way("bylaw"))
    assert run.elsewhere == 30
    assert [one.number for one in run.first] == [str(n) for n in range(20)]
