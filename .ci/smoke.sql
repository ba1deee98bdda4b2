CREATE MODEL smoke WITH VERSION v1
INPUT(height DOUBLE COMMENT 'in metres', weight DOUBLE)
WITH OPTIONS(
    MODEL_SOURCE_TYPE = 'IMPORT',
    MODEL_TYPE = 'BOOSTED_TREE_REGRESSOR',
    LOCATION = 'oss://oss-cn-shanghai-internal.aliyuncs.com/bucket/model/',
    ROLEARN = 'acs:ram::1234567890123456:role/aliyunodpsdefaultrole'
)
COMMENT 'made by .ci/run';
