"""What holds for every test: how hard hypothesis tries, and that CI runs everything.

Profiles: `dev` (default), `ci` (when CI is set: the same examples every time), `long`
(`scripts/test --hypothesis-profile=long`). With MODELD_REQUIRE_ALL=1 a skipped test is a failed one.
"""

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

# A shared machine is slow at times; that is no fault of the code under test.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("dev", _PATIENT, max_examples=50)
settings.register_profile("ci", _PATIENT, max_examples=50, derandomize=True, database=None, print_blob=True)
settings.register_profile("long", _PATIENT, max_examples=5_000)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

_REQUIRE_ALL = os.environ.get("MODELD_REQUIRE_ALL") == "1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip, or an expected failure, into a failure that says why it did not run."""
    if not (_REQUIRE_ALL and report.skipped):
        return
    skip = report.longrepr  # (path, line, reason) of a skip; an expected failure keeps its reason elsewhere
    reason = skip[2] if isinstance(skip, tuple) else getattr(report, "wasxfail", "no reason given")
    report.outcome = "failed"
    report.longrepr = f"{report.nodeid} did not run, but MODELD_REQUIRE_ALL is set: {reason}"
    vars(report).pop("wasxfail", None)
