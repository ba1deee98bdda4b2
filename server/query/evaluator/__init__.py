"""Runs what the binder gives: a bound.Query is compiled once into closures, and that plan runs any number of times."""

from server.query.evaluator.explain import explain, explain_as
from server.query.evaluator.plans import Plan, compile_query

__all__ = ["Plan", "compile_query", "explain", "explain_as"]
