"""classify: an item in, a report out. Pure: what it knows of languages and countries stands in the packs."""

from consumers.classify.compile import compile_rules
from consumers.classify.report import classify, explain
from consumers.classify.rules import Rules
from consumers.classify.source import PackText
from consumers.classify.trace import Attempt, Trace

__all__ = ["Attempt", "PackText", "Rules", "Trace", "classify", "compile_rules", "explain"]
