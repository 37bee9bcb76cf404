"""The doors of Slipway. This module stays light: what a command needs is imported when the command runs."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from .. import __version__

_EXIT_CODES = """exit codes:
  0 delivered    1 not delivered    2 wrong usage    3 parked, `slipway resume` goes on
  78 wrong configuration    124 out of time (parked)    130 interrupted (parked)
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = parsed(sys.argv[1:] if argv is None else argv)
    try:
        return _run(arguments)
    except KeyboardInterrupt:  # while the command was being loaded
        print("slipway: interrupted", file=sys.stderr)
        return 130


def parsed(argv: Sequence[str]) -> argparse.Namespace:
    """What a command line asks for. SystemExit (2) where it cannot be understood."""
    parser = _parser()
    arguments, rest = parser.parse_known_args(argv)
    # Of a list that may be empty, argparse takes nothing behind an option.
    if rest and "answers" in arguments and not any(word.startswith("-") for word in rest):
        arguments.answers = [*arguments.answers, *rest]
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return arguments


def _run(arguments: argparse.Namespace) -> int:
    # Loading a command takes up to two seconds (LangGraph); `--help` does without.
    command = importlib.import_module(f".{arguments.module}", __package__)
    return int(command.main(arguments))


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="slipway",
        description="Turn a request in plain words into working, checked software.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"slipway {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _building(commands)
    _steering(commands)
    _looking(commands)
    _packs(commands)
    _suites(commands)
    _experiments(commands)
    scripted = _command(commands, "scripted", "scripted", "serve a scripted model endpoint (OpenAI protocol)")
    scripted.add_argument("--port", type=_port, default=8808, help="loopback port (default: 8808)")
    scripted.add_argument("--script", default="tally", metavar="NAME|FILE", help="what it plays (default: tally)")
    scripted.add_argument("--latency", type=_seconds, default=0.0, metavar="S", help="seconds before each answer")
    scripted.add_argument("--log", metavar="FILE", help="append one JSON line a request and answer")
    _simulate(commands)
    return parser


def _building(commands: Any) -> None:
    build = _command(commands, "build", "build", "build what a request asks for")
    build.add_argument("request", type=str, metavar="REQUEST", help="what is to be built, in plain words")
    build.add_argument("--project", metavar="NAME", help="the project to work on (default: a new one)")
    source = "import this directory or git repository first, and build on it"
    build.add_argument("--from", dest="source", metavar="DIR", help=source)
    build.add_argument(
        "--lineup", metavar="NAME|FILE", help="the models of the roles (default: by the keys that are set)"
    )
    pack = "the conventions that the project is held to; auto: the architect chooses (default: the settings', none)"
    build.add_argument("--pack", metavar="NAME|DIR", help=pack)
    ask, approve = ("never", "auto", "always"), ("never", "plan", "all")
    asking = "which of the architect's questions are asked (default: those that matter, on a terminal; else none)"
    build.add_argument("--ask", choices=ask, help=asking)
    build.add_argument("--approve", choices=approve, default="never", help="what you approve first (default: never)")
    _running(build, into=True)
    importing = _command(commands, "import", "importing", "make a directory or git repository a project, or renew one")
    importing.add_argument("directory", metavar="DIR", help="what to import; it is only read")
    named = "the project; one that exists gets a new version (default: a new one, named like DIR)"
    importing.add_argument("--project", metavar="NAME", help=named)
    check = _command(commands, "check", "check", "run every check on a directory, in sandboxes; no model is asked")
    check.add_argument("directory", metavar="DIR", help="what to check; it is only read")
    held = "the conventions that it is held to (default: the settings', none)"
    check.add_argument("--pack", metavar="NAME|DIR", help=held)
    check.add_argument("--sarif", metavar="FILE", help="write what is found, as SARIF 2.1.0")
    check.add_argument("--junit", metavar="FILE", help="write what checks and tests say, as JUnit's XML")
    check.add_argument("--pictures", metavar="DIR", help="write what its pages look like, as PNG files")
    demo = _command(commands, "demo", "demo", "build a shipped example with a scripted model: no key, no cost")
    which = "tally (default), a new program; change, which mends an old project; api and web, which are held to packs"
    demo.add_argument("name", nargs="?", default="tally", metavar="NAME", help=which)
    demo.add_argument("--latency", type=_seconds, default=0.0, metavar="S", help="seconds before each scripted answer")
    _running(demo, into=True)
    resume = _command(commands, "resume", "resume", "go on with a run that was parked or killed")
    resume.add_argument("run", nargs="?", metavar="RUN", help="its id")
    resume.add_argument("--last", action="store_true", help="the newest run that has not ended")
    _running(resume, into=False)
    answer = _command(commands, "answer", "answer", "decide what a parked run asks, and go on with it")
    answer.add_argument("run", metavar="RUN", help="its id")
    said = "approve, reject, the number of an option, or your own words; one for each that is asked"
    answer.add_argument("answers", nargs="*", type=str, default=[], metavar="ANSWER", help=said)
    answer.add_argument("--edit", metavar="FILE", help="approve this plan instead (JSON, as --show --json prints it)")
    answer.add_argument("--show", action="store_true", help="only show what is asked")
    _running(answer, into=False)
    fork = _command(commands, "fork", "fork", "begin a new run from any step of a recorded one")
    fork.add_argument("run", metavar="RUN", help="the recorded run's id")
    fork.add_argument("--at", required=True, metavar="STEP", help="the step behind which it begins, such as check/1")
    fork.add_argument("--lineup", metavar="NAME|FILE", help="the models from there on (default: the recorded run's)")
    _running(fork, into=True)
    replay = _command(commands, "replay", "replay", "do a run over from its record, or one stage with another model")
    replay.add_argument("run", metavar="RUN", help="the recorded run's id")
    replay.add_argument("--stage", metavar="STAGE", help="ask this stage's model anew (code, fix/2, ...), and judge it")
    replay.add_argument("--lineup", metavar="NAME|FILE", help="whose model does that stage (default: the run's own)")
    _running(replay, into=False)


def _steering(commands: Any) -> None:
    cancel = _command(commands, "cancel", "steering", "end a run for good, whoever works on it")
    cancel.add_argument("run", metavar="RUN", help="its id")
    cancel.add_argument("--reason", type=str, default="", metavar="TEXT", help="why, for its record")
    pause = _command(commands, "pause", "steering", "park a run, whoever works on it; `slipway resume` goes on")
    pause.add_argument("run", metavar="RUN", help="its id")
    steer = _command(commands, "steer", "steering", "give the agents of a run an instruction while they work")
    steer.add_argument("run", metavar="RUN", help="its id")
    steer.add_argument("text", type=str, metavar="TEXT", help="the instruction, in plain words")
    for name, command in (("cancel", cancel), ("pause", pause), ("steer", steer)):
        command.set_defaults(order=name)
        command.add_argument("--wait", type=_seconds, default=15.0, metavar="S", help="how long that may take (15)")


def _looking(commands: Any) -> None:
    runs = _command(commands, "runs", "runs", "list the newest runs")
    runs.add_argument("--limit", type=_count, default=20, metavar="N", help="how many (default: 20)")
    show = _command(commands, "show", "show", "show how a run stands: evidence, stages, findings")
    show.add_argument("run", metavar="RUN", help="its id")
    reported = "write a report for people: request, evidence, checks, faults, stages, changes, as Markdown or HTML"
    show.add_argument("--report", type=_report_file, metavar="FILE.md|FILE.html", help=reported)
    show.add_argument("--sarif", metavar="FILE", help="write what its last checks found, as SARIF 2.1.0")
    show.add_argument("--junit", metavar="FILE", help="write what its last checks and tests said, as JUnit's XML")
    show.add_argument("--spans", action="store_true", help="print the tree of its spans")
    show.add_argument("--into", metavar="DIR", help="write its newest files to a new or empty directory")
    also = "with --into: a file or folder that is left out, because something would run it by itself; may be repeated"
    show.add_argument("--with", dest="also", action="append", default=[], metavar="PATH", help=also)
    preview = _command(commands, "preview", "preview", "run what a run built in a sandbox, and show it on loopback")
    preview.add_argument("run", metavar="RUN", help="its id")
    preview.add_argument("--command", metavar="COMMAND", help="how it is started (default: as its plan says)")
    preview.add_argument("--port", type=_port, default=0, metavar="N", help="loopback port here (default: a free one)")
    preview.add_argument("--inside", type=_port, metavar="N", help="the port that it listens on (default: found out)")
    preview.add_argument("--path", default="/", metavar="PATH", help="what has to answer before it is shown (/)")
    preview.add_argument("--wait", type=_positive, default=30.0, metavar="S", help="how long that may take (30)")
    diff = _command(commands, "diff", "diff", "show what a run changed, as a patch that `git apply` takes")
    diff.add_argument("run", metavar="RUN", help="its id")
    diff.add_argument("--from", dest="start", metavar="V", help="the version to start from (default: the run's base)")
    diff.add_argument("--to", metavar="V", help="the version to end with (default: the run's newest)")
    diff.add_argument("--stat", action="store_true", help="only say how much changed in which files")
    diff.add_argument("--binary", action="store_true", help="put binary contents into the patch, not only their names")
    branch = _command(commands, "branch", "branch", "put what a run made on a branch of the imported git repository")
    branch.add_argument("run", metavar="RUN", help="its id")
    branch.add_argument("--repo", required=True, metavar="DIR", help="the work tree's root; it is not touched")
    branch.add_argument("--name", metavar="NAME", help="the new branch's name (default: slipway/RUN)")
    hazards = "a file or folder that is left out, because something would run it by itself; may be repeated"
    branch.add_argument("--with", dest="also", action="append", default=[], metavar="PATH", help=hazards)
    rollback = _command(commands, "rollback", "rollback", "make an earlier delivered version a project's head again")
    rollback.add_argument("project", metavar="PROJECT", help="its name")
    rollback.add_argument("--to", metavar="V", help="the version (default: the one before)")
    gc = _command(commands, "gc", "gc", "free what no project and no run needs any more")
    gc.add_argument("--grace", type=_seconds, default=3600.0, metavar="S", help="keep what was needed since (3600)")
    _command(commands, "doctor", "doctor", "say what works on this machine, and what to do about the rest")


def _packs(commands: Any) -> None:
    summary = "list, test, start or lock packs: the conventions of a platform"
    pack = commands.add_parser("pack", help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    actions = pack.add_subparsers(title="actions", metavar="ACTION", required=True)
    check = _command(actions, "check", "pack", "test a pack against its own examples, in a sandbox")
    check.add_argument("pack", metavar="DIR|NAME", help="its folder, or the name of a shipped one")
    init = _command(actions, "init", "pack", "start a pack in a new or empty folder, which names it")
    init.add_argument("directory", metavar="DIR", help="the folder; its name is the pack's")
    locking = _command(actions, "lock", "pack", "write down exact versions of what a pack allows, as they are now")
    locking.add_argument("directory", metavar="DIR", help="its folder; what was in its `lock` is replaced")
    listing = _command(actions, "list", "pack", "list the shipped packs")
    counted = "how often what each line-up wrote broke the packs that it was held to"
    violations = _command(actions, "violations", "pack", counted)
    violations.add_argument(
        "--limit", type=_count, default=1000, metavar="N", help="of the newest N runs (default: 1000)"
    )
    for name, action in (
        ("check", check), ("init", init), ("lock", locking), ("list", listing), ("violations", violations),
    ):  # fmt: skip
        action.set_defaults(action=name)


def _suites(commands: Any) -> None:
    summary = "list, prove, furnish or import suites: tasks that line-ups are measured with"
    suite = commands.add_parser("suite", help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    actions = suite.add_subparsers(title="actions", metavar="ACTION", required=True)
    check = _command(actions, "check", "suite", "prove that its tasks tell right from wrong, in sandboxes")
    check.add_argument("suite", nargs="?", default="core", metavar="NAME|DIR", help="which (default: core)")
    only = "only this task; may be repeated"
    check.add_argument("--task", action="append", default=[], metavar="ID", help=only)
    bugs = _command(actions, "bugs", "suite", "make the bugs of a task's references anew, in sandboxes")
    bugs.add_argument("directory", metavar="DIR", help="the folder of a task, or of a suite")
    bugs.add_argument("--task", action="append", default=[], metavar="ID", help=only)
    importing = _command(actions, "import", "suite", "make a suite of tasks that others wrote")
    importing.add_argument(
        "kind",
        choices=("exercism", "humanevalpack", "harbor", "sdist"),
        metavar="KIND",
        help="exercism (folders, also the polyglot benchmark's), humanevalpack (JSON lines), harbor "
        "(folders) or sdist (.tar.gz)",
    )
    importing.add_argument("source", metavar="SOURCE", help="the file or folder; it is only read")
    importing.add_argument("--into", required=True, metavar="DIR", help="a new or empty folder, which names the suite")
    listing = _command(actions, "list", "suite", "list the shipped suites, or the tasks of one")
    listing.add_argument("suite", nargs="?", metavar="NAME|DIR", help="whose tasks are listed (left out: all suites)")
    for name, action in (("check", check), ("bugs", bugs), ("import", importing), ("list", listing)):
        action.set_defaults(action=name)


def _simulate(commands: Any) -> None:
    summary = "serve the simulated developer (OpenAI protocol); a request's model is TIER?seed=N"
    simulate = _command(commands, "simulate", "simulate", summary)
    simulate.add_argument("--port", type=_port, default=8809, help="its port (default: 8809)")
    simulate.add_argument("--host", default="127.0.0.1", help="where it listens (default: 127.0.0.1)")
    simulate.add_argument("--suite", metavar="NAME|DIR", help="the tasks that it can play (default: core)")
    simulate.add_argument("--latency", metavar="A,B,C", help="simulated seconds a call, token read and token written")
    simulate.add_argument("--jitter", metavar="P", help="the part by which a latency varies (default: 0.2)")
    simulate.add_argument("--pace", metavar="S", help="real seconds that a simulated one takes (default: 0)")
    faults = "what goes wrong how often: 429:0.1,500:0.05,timeout:0.02,cut:0.05,malformed:0.05"
    simulate.add_argument("--faults", metavar="KIND:P,...", help=faults)
    simulate.add_argument("--log", metavar="FILE", help="append one JSON line a request and answer")


def _experiments(commands: Any) -> None:
    summary = "compare line-ups on the tasks of a suite"
    experiment = commands.add_parser("experiment", help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    actions = experiment.add_subparsers(title="actions", metavar="ACTION", required=True)
    run = _command(actions, "run", "experiment", "do what is missing of the experiment that a file describes")
    run.add_argument("spec", metavar="SPEC", help="a YAML file: name, suite, lineups and more; see docs/experiments.md")
    resume = _command(actions, "resume", "experiment", "go on with an experiment as it was run last")
    resume.add_argument("name", metavar="NAME", help="its name")
    for action in (run, resume):
        action.add_argument("--budget", type=_positive, metavar="USD", help="begin no run that could exceed it in all")
        action.add_argument("--parallel", type=_count, metavar="N", help="runs at the same time")
    status = _command(actions, "status", "experiment", "show how an experiment stands, or list all")
    status.add_argument("name", nargs="?", metavar="NAME", help="its name")
    report = _command(actions, "report", "experiment", "say what came of an experiment, with intervals")
    report.add_argument("name", metavar="NAME", help="its name")
    report.add_argument("--baseline", metavar="LINEUP", help="what the others are compared with (default: the first)")
    compare = _command(actions, "compare", "experiment", "compare two line-ups on the cells that both have")
    sides = (
        "NAME BASELINE OTHER: an experiment and two of its line-ups; or, over two experiments, NAME:BASELINE NAME:OTHER"
    )
    compare.add_argument("sides", nargs="+", metavar="NAME", help=sides)
    for action in (report, compare):
        action.add_argument("--into", metavar="DIR", help="write it in every format into a folder")
        for kind, what in (
            ("md", "as Markdown"),
            ("html", "as one HTML page"),
            ("csv", "the cells"),
            ("parquet", "the cells"),
        ):
            action.add_argument(f"--{kind}", metavar="FILE", help=f"write {what}")
    remove = _command(actions, "remove", "experiment", "forget an experiment; its runs stay for 30 days more")
    remove.add_argument("name", metavar="NAME", help="its name")
    made = {"run": run, "resume": resume, "status": status, "report": report, "compare": compare, "remove": remove}
    for name, action in made.items():
        action.set_defaults(action=name)


def _running(command: argparse.ArgumentParser, *, into: bool) -> None:
    if into:
        command.add_argument("--into", metavar="DIR", help="write the delivered files to a new or empty directory")
    command.add_argument("--max-cost", type=_positive, metavar="USD", help="park the run before it costs more")
    command.add_argument("--max-tokens", type=_amount, metavar="N", help="park it before it takes more, in and out")
    command.add_argument("--max-steps", type=_amount, metavar="N", help="park it before it makes more model calls")
    command.add_argument("--max-seconds", type=_positive, metavar="S", help="park it when all its passages took that")
    command.add_argument("--timeout", type=_positive, metavar="S", help="park it after that many seconds from now")


def _command(commands: Any, name: str, module: str, summary: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    command.register("type", None, _named)
    command.set_defaults(module=module)
    command.add_argument("--set", action="append", default=[], metavar="A.B=VALUE", help="override a setting")
    if name not in ("scripted", "simulate"):
        command.add_argument("--json", action="store_true", help="print JSON")
    return command


def _named(text: str) -> str:
    """What words are that say no type: an empty one is a variable of a shell that was not set."""
    if not text:
        raise argparse.ArgumentTypeError("it is empty; name one, or leave it out")
    return text


def _positive(text: str) -> float:
    value = _seconds(text)
    if value == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not more than 0")
    return value


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
    if not 0 <= value < 1e9:  # false for NaN, too
        raise argparse.ArgumentTypeError(f"{text!r} is not between 0 and a billion")
    return value


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 10000")
    return int(text)


def _amount(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 10**12:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to a trillion")
    return int(text)


def _report_file(text: str) -> str:
    if not text.lower().endswith((".md", ".html")):
        raise argparse.ArgumentTypeError(f"{text!r} ends neither in .md nor in .html, which decides what is written")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; 0 takes a free one")
    return int(text)
