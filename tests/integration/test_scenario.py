"""The document's scenario, the same through every client."""

from collections.abc import Callable

import pytest

from tests.integration.adapters import ADAPTERS, DRIVERS, Adapter, Address, Outcome
from tests.integration.layered_adapters import LAYERED, Odbc
from tests.integration.statements import ADD_V2, APIKEYS, CREATE, DESC, DROP, DROP_V2, ENDPOINT, MODEL, set_default

REFUSED = "ODPS-0110061: Failed to run ddltask - The default version of the model cannot be dropped"
INPUTS = {"v1": (("data", "binary"), ("promt", "string")), "v2": (("url", "string"), ("promt", "string"))}
MASKED = {"v1": f"****{APIKEYS[0][-4:]}", "v2": f"****{APIKEYS[1][-4:]}"}
OK = Outcome()


def check_description(outcome: Outcome, address: Address, version: str) -> None:
    values = {(section, name): value for section, name, value, _ in outcome.rows}
    names = [str(name) for section, name, _, _ in outcome.rows if section == "Version Information"]
    times = {values.pop(key) for key in list(values) if str(key[1]).endswith("Time")}

    assert all(isinstance(time, str) and len(time) == len("2025-10-09 18:32:48") for time in times)
    model, detail = "Model Information", "Version Information"
    common = {"Owner": "modeld", "Project": address.project, "Model Name": MODEL.lower(), "Model Type": "MLLM"}
    assert values == {
        **{(section, name): value for section in (model, detail) for name, value in common.items()},
        (model, "Source Type"): "REMOTE",
        (model, "Default Version"): version,
        (model, "Comment"): "PAI EAS remote model binary input",
        (detail, "Source Type"): "REMOTE",
        (detail, "Version Name"): version,
        (detail, "Path"): "",
        (detail, "APIKEY"): MASKED[version],
        (detail, "ENDPOINT"): ENDPOINT,
        (detail, "PAI_EAS_MODEL_NAME"): "Qwen2.5-Omni-3B",
        (detail, "PAI_EAS_SERVICE_NAME"): "test_remote_model",
        (detail, "PAI_EAS_SYNC_MODE"): "true",
        (detail, "REMOTE_SERVICE_TYPE"): "PAI-EAS",
        **{("Input", name): type_ for name, type_ in INPUTS[version]},
    }
    assert names[-6:] == sorted(names[-6:])


@pytest.mark.parametrize("adapter", [*ADAPTERS, *LAYERED])
def test_the_documents_scenario(adapter: Callable[[Address], Adapter], address: Address) -> None:
    with adapter(address) as client:
        assert client.run(CREATE) == OK
        check_description(client.run(DESC), address, "v1")
        assert client.run(ADD_V2) == OK
        check_description(client.run(DESC), address, "v1")
        assert client.run(set_default("v2")) == OK
        check_description(client.run(DESC), address, "v2")

        refused = client.run(DROP_V2)

        assert (refused.sqlstate, refused.message) == ("55006", REFUSED)
        if not isinstance(client, Odbc):
            assert refused.position == DROP_V2.index("v2") + 1
            assert refused.hint is not None
            assert refused.hint.startswith("First set another version as the default")
        assert client.run(set_default("v1")) == OK
        assert client.run(DROP_V2) == OK
        check_description(client.run(DESC), address, "v1")
        assert client.run(DROP) == OK
        assert client.run(DESC).sqlstate == "42704"


@pytest.mark.parametrize("adapter", [*DRIVERS, *LAYERED])
def test_an_error_leaves_the_session_usable(adapter: Callable[[Address], Adapter], address: Address) -> None:
    with adapter(address) as client:
        assert client.run("DESC MODEL nothing").sqlstate == "42704"
        assert client.run("ALTER MODEL m ADD").sqlstate == "42601"
        assert client.run("INSERT INTO t VALUES (1)").sqlstate == "0A000"
        assert client.run("SHOW client_encoding").rows in ((("UTF8",),), (("SQL_ASCII",),))
