"""What was decided, for all to read."""

from assembly.motions import all_votes, outcome, tally
from assembly.records import parse_records


def minutes(text: str) -> str:
    """A line for each motion, and how many were accepted."""
    assembly = parse_records(text)
    everybody = all_votes(assembly)
    lines: list[str] = []
    accepted = 0
    for motion in assembly.votes:
        cast = tally(assembly, motion)
        end = outcome(motion, cast, everybody)
        accepted += end == "accepted"
        lines.append(f"{motion}: {cast.yes} yes, {cast.no} no, {cast.abstained} abstained, {end}")
    lines.append(f"{accepted} of {len(assembly.votes)} accepted")
    return "\n".join(lines)
