"""Cases: `arrears case show|reason|promise|plan|matter|task|judge`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from arrears.cli.desk import Account, Amount, At, Customer, Who, id_or_none, store_of
from arrears.cli.options import WORKSPACE_DEFAULT, AsJson, Lang, Language, WorkspacePath, day_of, example
from arrears.cli.output import tell, tell_done, tell_json
from arrears.money import ENTERED_MAX_MINOR, PPM

case_app = typer.Typer(help="What was agreed and is open with a customer.", no_args_is_help=True, rich_markup_mode=None)


class Level(StrEnum):
    """Whose authority it is."""

    collector = "collector"
    supervisor = "supervisor"
    manager = "manager"


class Act(StrEnum):
    """What is done with a plan."""

    offer = "offer"
    approve = "approve"
    accept = "accept"
    decline = "decline"


class Matter(StrEnum):
    """What somebody has to deal with."""

    dispute = "dispute"
    complaint = "complaint"
    hardship = "hardship"


def register(app: typer.Typer) -> None:
    """Hang the commands of this page into the program."""
    case_app.command("show", epilog=example("arrears case show --customer C000001"))(show)
    case_app.command("reason", epilog=example("arrears case reason --customer C000001 --reason lost_income"))(reason)
    case_app.command(
        "promise", epilog=example("arrears case promise --customer C000001 --amount 12345 --due 2026-01-30")
    )(promise)  # fmt: skip
    case_app.command("plan", epilog=example(
        "arrears case plan offer --customer C000001 --amount 300000 --months 12 --apr-ppm 60000 --first-due 2026-02-15",
        "arrears case plan approve --plan 1 --as supervisor --by sup-01", "arrears case plan accept --plan 1",
    ))(plan)  # fmt: skip
    case_app.command("matter", epilog=example(
        "arrears case matter --customer C000001 --open dispute", "arrears case matter --close 1 --outcome upheld"
    ))(matter)  # fmt: skip
    case_app.command("task", epilog=example(
        "arrears case task --customer C000001 --open check_documents --due 2026-01-30 --agent col-01",
        "arrears case task --close 1 --outcome done",
    ))(task)  # fmt: skip
    case_app.command("judge", epilog=example("arrears case judge"))(judge)
    app.add_typer(case_app, name="case")


def show(
    customer: Customer, at: At = None, workspace: WorkspacePath = Path(WORKSPACE_DEFAULT), lang: Language = Lang.en,
    json: AsJson = False,
) -> None:  # fmt: skip
    """Show a case: what stands, which state rules, what was agreed, what is next."""
    from arrears.desk.cases.reading import read_case

    with store_of(workspace) as store, store.connect() as connection:
        found = read_case(connection, customer, at or datetime.now(UTC))
    if json:
        tell_json(_plain(found))
        return
    rules = found.pop("ruling")
    tell({"ruling": rules[lang.value], **_plain(found)})


def reason(
    customer: Customer,
    code: Annotated[str, typer.Option("--reason", metavar="CODE", help="forgot, lost_income, illness, ...: docs/cases.md.")],
    at: At = None,
    by: Who = "desk",
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Write down why the customer fell behind."""
    from arrears.desk.cases.file import give_reason

    with store_of(workspace) as store, store.connect() as connection:
        give_reason(connection, customer, code, at or datetime.now(UTC), by)
    tell_done(json, "written", customer=customer, reason=code)


def promise(
    customer: Customer,
    amount: Amount,
    due: Annotated[date, typer.Option("--due", parser=day_of, metavar="YYYY-MM-DD", help="The day promised.")],
    at: At = None,
    by: Who = "desk",
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Take a promise down: until its day nobody asks again, then the payments judge it."""
    from arrears.desk.cases.policy import load_case_policy
    from arrears.desk.cases.promises import make_promise

    policy = load_case_policy(workspace)
    with store_of(workspace) as store, store.connect() as connection:
        number = make_promise(connection, policy, customer, amount, due, at or datetime.now(UTC), by)
    tell_done(json, f"promise {number} taken down", promise=number)


def plan(
    act: Act,
    plan_id: Annotated[int | None, typer.Option("--plan", metavar="N", help="The plan; not with offer.")] = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID", help="With offer: the customer.")] = None,
    amount: Annotated[
        int, typer.Option("--amount", max=ENTERED_MAX_MINOR, metavar="MINOR", help="With offer: what is to be repaid.")
    ] = 0,
    months: Annotated[int, typer.Option("--months", min=1, max=600, metavar="N", help="With offer: its instalments.")] = 12,
    apr_ppm: Annotated[
        int, typer.Option("--apr-ppm", min=0, max=PPM, metavar="PPM", help="With offer: interest a year; 6 % is 60000.")
    ] = 0,
    waived: Annotated[
        int, typer.Option("--waived", min=0, max=ENTERED_MAX_MINOR, metavar="MINOR", help="With offer: what is forgiven.")
    ] = 0,
    first_due: Annotated[
        date | None, typer.Option("--first-due", parser=day_of, metavar="YYYY-MM-DD", help="With offer: the first instalment.")
    ] = None,
    level: Annotated[
        Level, typer.Option("--as", help="Whose authority it is; desk.yaml says how far it goes.")
    ] = Level.collector,
    at: At = None,
    by: Who = "desk",
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Offer a repayment plan, approve it as a second person, accept or decline it.

    While an accepted plan is kept, collection stops; payments judge it.
    """
    from arrears.card.plan import PlanTerms
    from arrears.desk.cases import plans
    from arrears.desk.cases.policy import load_case_policy

    now, policy = at or datetime.now(UTC), load_case_policy(workspace)
    if act is Act.offer and (customer is None or first_due is None):
        raise typer.BadParameter("offer needs --customer and --first-due")
    if act is not Act.offer and plan_id is None:
        raise typer.BadParameter(f"{act.value} needs --plan")
    state = {Act.approve: "approved", Act.accept: "performing", Act.decline: "declined"}.get(act, "")
    with store_of(workspace) as store, store.connect() as connection:
        if customer is not None and first_due is not None and act is Act.offer:
            terms = PlanTerms(amount, months, "equal_payment", apr_ppm)
            plan_id, state = plans.offer_plan(
                connection, policy, customer, terms, first_due, now, by, level.value, waived_minor=waived
            )
        elif plan_id is not None and act is Act.approve:
            plans.approve_plan(connection, policy, plan_id, now, by, level.value)
        elif plan_id is not None and act is Act.accept:
            plans.accept_plan(connection, plan_id, now, by)
        elif plan_id is not None:
            plans.decline_plan(connection, plan_id, now, by)
    tell_done(json, f"plan {plan_id}: {state}", plan=plan_id, state=state)


def matter(
    open_: Annotated[Matter | None, typer.Option("--open", help="Open one for --customer.")] = None,
    close: Annotated[int | None, typer.Option("--close", metavar="N", help="Close this one.")] = None,
    customer: Annotated[str, typer.Option("--customer", metavar="ID", help="The customer, with --open.")] = "",
    account: Account = "",
    outcome: Annotated[
        str,
        typer.Option(
            "--outcome", metavar="CODE", help="What came of it, with --close: upheld, rejected, explained, ...: docs/cases.md."
        ),
    ] = "",
    at: At = None,
    by: Who = "desk",
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Open a dispute, a complaint or a request for help: nobody collects until it is closed; or close one."""
    from arrears.desk.cases.matters import close_matter, open_matter
    from arrears.desk.cases.policy import load_case_policy

    if (open_ is None) == (close is None):
        raise typer.BadParameter("give either --open or --close")
    now = at or datetime.now(UTC)
    with store_of(workspace) as store, store.connect() as connection:
        if open_ is not None:
            policy = load_case_policy(workspace)
            number, by_day = open_matter(connection, policy, customer, open_.value, now, by, account_id=account)
            tell_done(json, f"{open_.value} {number} open; to be answered by {by_day}", matter=number, deadline=by_day)
        elif close is not None:
            ended = close_matter(connection, close, outcome, now, by)
            tell_done(json, f"closed{'' if ended else '; another of its kind is open'}", matter=close, state_ended=ended)


def task(
    open_: Annotated[
        str, typer.Option("--open", metavar="CODE", help="Open one: follow_up, check_documents, ...: docs/cases.md.")
    ] = "",
    close: Annotated[int | None, typer.Option("--close", metavar="N", help="Close this one.")] = None,
    customer: Annotated[str, typer.Option("--customer", metavar="ID", help="The customer, with --open.")] = "",
    due: Annotated[
        date | None, typer.Option("--due", parser=day_of, metavar="YYYY-MM-DD", help="The day by which, with --open.")
    ] = None,
    agent: Annotated[
        str, typer.Option("--agent", parser=id_or_none, metavar="USER", help="Whose it is, with --open; as --by if left out.")
    ] = "",
    outcome: Annotated[str, typer.Option("--outcome", metavar="CODE", help="With --close: done or dropped.")] = "done",
    at: At = None,
    by: Who = "desk",
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Write down what somebody has to do on a case by a day, or that it is done."""
    from arrears.desk.cases.tasks import close_task, open_task

    if bool(open_) == (close is not None):
        raise typer.BadParameter("give either --open or --close")
    if open_ and due is None:
        raise typer.BadParameter("--open needs --due")
    now = at or datetime.now(UTC)
    with store_of(workspace) as store, store.connect() as connection:
        if open_ and due is not None:
            number = open_task(connection, customer, open_, due, now, by, agent=agent)
            tell_done(json, f"task {number} open; to be done by {due}", task=number, due_on=due)
        elif close is not None:
            close_task(connection, close, outcome, now, by)
            tell_done(json, outcome, task=close, outcome=outcome)


def judge(at: At = None, by: Who = "desk", workspace: WorkspacePath = Path(WORKSPACE_DEFAULT), json: AsJson = False) -> None:
    """Judge every promise and plan whose day has come; dispatch does it too, each time it starts."""
    from arrears.desk.cases.judging import judge_due
    from arrears.desk.cases.policy import load_case_policy

    policy = load_case_policy(workspace)
    with store_of(workspace) as store, store.connect() as connection:
        found = judge_due(connection, policy, at or datetime.now(UTC), by)
    said = ", ".join(f"{n:,} {what}" for what, n in sorted(found.items()))
    tell_done(json, said or "nothing came due", **found)


def _plain(value: Any) -> Any:
    """Times as text, so that both forms of output can show them."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
