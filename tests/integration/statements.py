"""The statements of the product's document, and smaller ones for tests that need just any model."""

from typing import Final

MODEL: Final = "PAI_EAS_Qwen25_Omni_3B"
APIKEYS: Final = ("ZjA5NGRjN2VjOTZiMTZmZTQ1MThkMGE4ZmUyNj==", "ZjA5NGRjN2VjMmU0OTZmZTQ1MThjBhMmEzYw==")
ENDPOINT: Final = "http://11261230.cn-shanghai.pai-eas.aliyuncs.com"


def remote_options(apikey: str) -> str:
    return (
        "TASKS = 'text-generation', PAI_EAS_MODEL_NAME = 'Qwen2.5-Omni-3B', "
        f"PAI_EAS_SERVICE_NAME = 'test_remote_model', ENDPOINT = '{ENDPOINT}', "
        f"APIKEY = '{apikey}', PAI_EAS_SYNC_MODE = 'true'"
    )


CREATE: Final = (
    f"CREATE MODEL {MODEL} WITH VERSION v1 INPUT(data BINARY, promt STRING) "
    f"WITH OPTIONS(MODEL_SOURCE_TYPE = 'REMOTE', MODEL_TYPE = 'MLLM', {remote_options(APIKEYS[0])}) "
    'COMMENT "PAI EAS remote model binary input"'
)
ADD_V2: Final = (
    f"ALTER MODEL {MODEL} ADD VERSION v2 INPUT(url STRING, promt STRING) "
    f"WITH OPTIONS({remote_options(APIKEYS[1])}) "
    'COMMENT "PAI EAS remote model string-url input"'
)
DESC: Final = f"DESC MODEL {MODEL}"
DROP_V2: Final = f"ALTER MODEL {MODEL} DROP VERSION v2"
DROP: Final = f"DROP MODEL {MODEL}"


def set_default(version: str) -> str:
    return f"ALTER MODEL {MODEL} SET DEFAULT_VERSION {version}"


_IMPORT: Final = (
    "MODEL_SOURCE_TYPE = 'IMPORT', MODEL_TYPE = 'BOOSTED_TREE_CLASSIFIER', "
    "LOCATION = 'oss://oss-cn-shanghai-internal.aliyuncs.com/bucket/path/', "
    "ROLEARN = 'acs:ram::139:role/aliyunodpsdefaultrole'"
)


def create(name: str, version: str = "v1", comment: str = "c") -> str:
    return f"CREATE MODEL {name} WITH VERSION {version} INPUT(f1 INT) OPTIONS({_IMPORT}) COMMENT '{comment}'"


def add_version(name: str, version: str) -> str:
    return f"ALTER MODEL {name} ADD VERSION {version} INPUT(f1 INT) OPTIONS({_IMPORT})"
