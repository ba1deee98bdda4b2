"""The statements of the product's document, as it prints them, and of the page on creating models."""

from typing import Final

ADD_REMOTE: Final = """ALTER MODEL PAI_EAS_Qwen25_Omni_3B ADD VERSION v2
INPUT(url STRING, promt STRING)
WITH OPTIONS(
    TASKS = 'text-generation',
    PAI_EAS_MODEL_NAME = 'Qwen2.5-Omni-3B',
    PAI_EAS_SERVICE_NAME = 'test_remote_model',
    ENDPOINT = 'http://11261230********.cn-shanghai.pai-eas.aliyuncs.com',
    APIKEY = '<apikey>',
    PAI_EAS_SYNC_MODE = 'true'
)
COMMENT "PAI EAS remote model string-url input\""""

ADD_IMPORTED: Final = """ALTER MODEL test_xgboost_classifier ADD VERSION V2
INPUT (f1 int, f2 int, f3 int)
WITH OPTIONS(
    LOCATION = 'oss://oss-cn-shanghai.aliyuncs.com/model-bucket-test/xgboost_classifier_v2/',
    ROLEARN = 'acs:ram::11261230********:role/aliyunodpsdefaultrole'
)
COMMENT 'Import XGBoost model v2'"""

CREATE_IMPORTED: Final = """CREATE MODEL IF NOT EXISTS test_xgboost_classifier WITH VERSION v1
INPUT(f1 int COMMENT 'first', data BINARY)
OPTIONS(
    MODEL_SOURCE_TYPE = 'IMPORT',
    MODEL_TYPE = 'BOOSTED_TREE_CLASSIFIER',
    LOCATION = 'oss://oss-cn-shanghai-internal.aliyuncs.com/test-mode-bucket/',
    ROLEARN = 'acs:ram::139******728:role/aliyunodpsdefaultrole'
)
COMMENT 'c'"""
