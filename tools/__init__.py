"""What an agent may do, inside its sandbox."""

from .base import Arguments, Checked, MalformedCall, Tool, ToolRefusal, ToolRequest, ToolResult, Workbench
from .checking import GREEN, RUN_CHECKS, describe, describe_finding, describe_findings, in_full
from .files import EDIT_FILE, LIST_FILES, READ_FILE, WRITE_FILE
from .journaled import Journaled
from .masked import Masked
from .problems import DISPUTE_TEST, REPORT_PROBLEM, ReportProblem
from .search import SEARCH
from .shell import RUN
from .toolbox import Executing, Toolbox, Tools

CODING = (READ_FILE, WRITE_FILE, EDIT_FILE, LIST_FILES, SEARCH, RUN, RUN_CHECKS, REPORT_PROBLEM)
"""The tools of every role that writes files."""

__all__ = [
    "CODING", "DISPUTE_TEST", "EDIT_FILE", "GREEN", "LIST_FILES", "READ_FILE", "REPORT_PROBLEM", "RUN", "RUN_CHECKS",
    "SEARCH", "WRITE_FILE", "Arguments", "Checked", "Executing", "Journaled", "MalformedCall", "Masked",
    "ReportProblem", "Tool", "ToolRefusal", "ToolRequest", "ToolResult", "Toolbox", "Tools", "Workbench", "describe",
    "describe_finding", "describe_findings", "in_full",
]  # fmt: skip
